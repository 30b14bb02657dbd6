package dev.berth.gateway.http;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON straight into bytes, for answers of which thousands are given a second. Punctuation is the caller's: what is raw is
 * written as it is and must be ASCII.
 */
public final class JsonOut {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LONG_DIGITS = 20;

    private byte[] buffer;
    private int length;

    public JsonOut(int sizeHint) {
        buffer = new byte[Math.max(16, sizeHint)];
    }

    public JsonOut raw(String ascii) {
        int size = ascii.length();
        ensure(size);
        for (int i = 0; i < size; i++) {
            buffer[length + i] = (byte) ascii.charAt(i);
        }
        length += size;
        return this;
    }

    public JsonOut comma(boolean needed) {
        return needed ? raw(",") : this;
    }

    /** JSON that is already text, of any characters. */
    public JsonOut json(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        ensure(bytes.length);
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
        return this;
    }

    /** A string, quoted and escaped; the literal null for null. */
    public JsonOut text(@Nullable String value) {
        if (value == null) {
            return raw("null");
        }
        if (!isPlain(value)) {
            return json(dev.berth.schemas.config.Json.text(value));
        }
        ensure(value.length() + 2);
        buffer[length++] = '"';
        raw(value);
        buffer[length++] = '"';
        return this;
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    public JsonOut bool(boolean value) {
        return raw(value ? "true" : "false");
    }

    public JsonOut number(long value) {
        if (value < 0) {
            return raw(Long.toString(value));
        }
        ensure(LONG_DIGITS);
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            buffer[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** A number; the literal null for null. */
    public JsonOut number(@Nullable Number value) {
        return value == null ? raw("null") : number(value.longValue());
    }

    /** A node's id as a number; the literal null for null. */
    public JsonOut node(@Nullable NodeId node) {
        if (node == null) {
            return raw("null");
        }
        return node.value() >= 0 ? number(node.value()) : raw(node.toString());
    }

    /** Their numbers, as an array. */
    public JsonOut nodes(List<NodeId> nodes) {
        raw("[");
        boolean more = false;
        for (NodeId node : nodes) {
            comma(more).node(node);
            more = true;
        }
        return raw("]");
    }

    /** A tenant's id in quotes. */
    public JsonOut tenant(TenantId id) {
        ensure(2 + 32);
        buffer[length++] = '"';
        hex(id.high(), 16);
        hex(id.low(), 16);
        buffer[length++] = '"';
        return this;
    }

    /** A shard's id in quotes. */
    public JsonOut shard(TenantShardId id) {
        if (id.count() == 0) {
            return tenant(id.tenant());
        }
        tenant(id.tenant());
        ensure(6);
        buffer[length - 1] = '-';
        hex(id.number(), 2);
        hex(id.count(), 2);
        buffer[length++] = '"';
        return this;
    }

    private void hex(long value, int digits) {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            buffer[length++] = HEX[(int) (value >>> shift) & 0xF];
        }
    }

    public byte[] toBytes() {
        return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
    }

    @Override
    public String toString() {
        return new String(buffer, 0, length, StandardCharsets.UTF_8);
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
