package dev.berth.schemas.id;

/** Reads fixed runs of hex digits without copying. */
final class Hex {
    private Hex() {}

    /** Reads 16 digits from {@code at}. */
    static long parse(String text, int at) {
        return parse(text, at, 16);
    }

    static long parse(String text, int at, int digits) {
        long value = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0 || text.charAt(i) > 'f') {
                throw new IllegalArgumentException("not a hex digit at position " + i + ": '" + text + "'");
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
