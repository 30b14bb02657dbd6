package dev.berth.sim.location;

import java.util.Locale;

/** A position in the write-ahead log, printed as two hexadecimal halves. */
public record Lsn(long value) implements Comparable<Lsn> {
    private static final int HALF = 32;
    private static final long LOW = 0xFFFF_FFFFL;

    /** Reads {@code HI/LO}. */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
            throw new IllegalArgumentException("not an LSN: " + text);
        }
        long high = Long.parseLong(text.substring(0, slash), 16);
        long low = Long.parseLong(text.substring(slash + 1), 16);
        return new Lsn(high << HALF | low);
    }

    /** The next multiple of eight, where records begin. */
    public Lsn aligned() {
        return new Lsn(value + 7 & ~7L);
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return (Long.toHexString(value >>> HALF) + "/" + Long.toHexString(value & LOW)).toUpperCase(Locale.ROOT);
    }
}
