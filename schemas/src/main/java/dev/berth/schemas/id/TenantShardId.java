package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One shard of a tenant. Text: the bare tenant id for the legacy unsharded form, otherwise {@code <tenant>-NNCC}. As in the
 * original, the character between the two is not checked. Ordered by tenant, number, count.
 */
public record TenantShardId(TenantId tenant, ShardIndex index) implements Comparable<TenantShardId> {
    private static final int UNSHARDED_LENGTH = 32;
    private static final int SHARDED_LENGTH = 37;

    public TenantShardId(TenantId tenant, int number, int count) {
        this(tenant, new ShardIndex(number, new ShardCount(count)));
    }

    @JsonCreator
    public static TenantShardId of(String text) {
        return switch (text.length()) {
            case UNSHARDED_LENGTH -> new TenantShardId(TenantId.of(text), 0, 0);
            case SHARDED_LENGTH ->
                new TenantShardId(TenantId.of(text.substring(0, 32)), ShardIndex.of(text.substring(33)));
            default -> throw new IllegalArgumentException("shard id must have 32 or 37 characters: '" + text + "'");
        };
    }

    public int number() {
        return index.number();
    }

    public int count() {
        return index.count().value();
    }

    @Override
    public int compareTo(TenantShardId other) {
        int byTenant = tenant.compareTo(other.tenant);
        return byTenant != 0 ? byTenant : index.compareTo(other.index);
    }

    @Override
    public int hashCode() {
        return tenant.hashCode() * 31 + index.number() * 257 + index.count().value();
    }

    @JsonValue
    @Override
    public String toString() {
        return index.count().value() == 0 ? tenant.toString() : tenant + "-" + index;
    }
}
