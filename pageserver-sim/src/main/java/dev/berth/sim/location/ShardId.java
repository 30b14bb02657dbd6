package dev.berth.sim.location;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;

/** One shard of one tenant. Count 0 is the unsharded form, whose text is the bare tenant id. */
public record ShardId(String tenant, int number, int count) implements Comparable<ShardId> {
    private static final Comparator<ShardId> ORDER = Comparator.comparing(ShardId::tenant)
            .thenComparingInt(ShardId::number)
            .thenComparingInt(ShardId::count);
    private static final HexFormat HEX = HexFormat.of();
    private static final int TENANT_LENGTH = 32;
    private static final int SHARDED_LENGTH = 37;

    public ShardId {
        if (!isHexId(tenant)) {
            throw new IllegalArgumentException("not a tenant id: " + tenant);
        }
        if (number < 0 || number > 255 || count < 0 || count > 255) {
            throw new IllegalArgumentException("shard number and count must be 0..255");
        }
    }

    /** Reads both text forms; the character between tenant and shard is not looked at. */
    public static ShardId parse(String text) {
        if (text.length() == TENANT_LENGTH) {
            return new ShardId(text.toLowerCase(Locale.ROOT), 0, 0);
        }
        if (text.length() != SHARDED_LENGTH) {
            throw new IllegalArgumentException("not a tenant shard id: " + text);
        }
        String tenant = text.substring(0, TENANT_LENGTH).toLowerCase(Locale.ROOT);
        return new ShardId(
                tenant,
                Integer.parseInt(text.substring(33, 35), 16),
                Integer.parseInt(text.substring(35, SHARDED_LENGTH), 16));
    }

    /** True for 32 hex digits in lower case. */
    public static boolean isHexId(String text) {
        return text.length() == TENANT_LENGTH && text.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0);
    }

    /** The bare tenant id as a shard id; its data is what a tenant-level call is about. */
    public ShardId unsharded() {
        return new ShardId(tenant, 0, 0);
    }

    public int effectiveCount() {
        return Math.max(1, count);
    }

    @Override
    public int compareTo(ShardId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return count == 0 ? tenant : tenant + "-" + HEX.toHexDigits((byte) number) + HEX.toHexDigits((byte) count);
    }
}
