package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** A position in a write-ahead log, printed HI/LO in upper-case hex without padding. */
public record Lsn(long value) implements Comparable<Lsn> {
    @JsonCreator
    public static Lsn of(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
            throw new IllegalArgumentException("LSN must be HI/LO in hex: '" + text + "'");
        }
        return new Lsn(Hex.parse(text, 0, slash) << 32 | Hex.parse(text, slash + 1, text.length() - slash - 1));
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @JsonValue
    @Override
    public String toString() {
        return (Long.toHexString(value >>> 32) + "/" + Long.toHexString(value & 0xFFFF_FFFFL)).toUpperCase(Locale.ROOT);
    }
}
