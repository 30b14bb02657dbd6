package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;

/** A tenant: 16 bytes, printed as 32 lower-case hex digits; either case is read. Ordered as its text. */
public record TenantId(long high, long low) implements Comparable<TenantId> {
    private static final int DIGITS = 32;

    @JsonCreator
    public static TenantId of(String text) {
        if (text.length() != DIGITS) {
            throw new IllegalArgumentException("tenant id must have 32 hex digits: '" + text + "'");
        }
        return new TenantId(Hex.parse(text, 0), Hex.parse(text, 16));
    }

    @Override
    public int compareTo(TenantId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public int hashCode() {
        long mixed = (high ^ Long.rotateLeft(low, 32)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    @JsonValue
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
