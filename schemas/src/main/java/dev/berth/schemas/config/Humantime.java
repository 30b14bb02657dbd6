package dev.berth.schemas.config;

import java.math.BigInteger;
import java.time.Duration;

/**
 * Durations as the HTTP contract writes them: {@code 1m 30s}, {@code 7days}. Reading takes any order and spelling of units;
 * printing has one form per duration, so that printed texts are equal exactly when the durations are.
 */
public final class Humantime {
    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000L);

    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;
    /** 30.44 days. */
    private static final long MONTH = 2_630_016;
    /** 365.25 days. */
    private static final long YEAR = 31_557_600;

    private Humantime() {}

    /**
     * Reads any order and spelling.
     *
     * @throws InvalidDuration with what is wrong and where
     */
    public static Duration parse(String text) {
        return new Reader(text).read();
    }

    public static String print(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("a duration must not be negative: " + duration);
        }
        if (duration.isZero()) {
            return "0s";
        }
        StringBuilder out = new StringBuilder(32);
        long seconds = duration.getSeconds();
        plural(out, seconds / YEAR, "year");
        seconds %= YEAR;
        plural(out, seconds / MONTH, "month");
        seconds %= MONTH;
        plural(out, seconds / DAY, "day");
        seconds %= DAY;
        component(out, seconds / HOUR, "h");
        component(out, seconds % HOUR / MINUTE, "m");
        component(out, seconds % MINUTE, "s");
        int nanos = duration.getNano();
        component(out, nanos / 1_000_000, "ms");
        component(out, nanos / 1_000 % 1_000, "us");
        component(out, nanos % 1_000, "ns");
        return out.toString();
    }

    private static void plural(StringBuilder out, long value, String unit) {
        component(out, value, value == 1 ? unit : unit + "s");
    }

    private static void component(StringBuilder out, long value, String unit) {
        if (value == 0) {
            return;
        }
        if (!out.isEmpty()) {
            out.append(' ');
        }
        out.append(value).append(unit);
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Duration read() {
            skipBlanks();
            if (at == text.length()) {
                throw new InvalidDuration(text, "it is empty");
            }
            BigInteger nanos = BigInteger.ZERO;
            while (at < text.length()) {
                BigInteger count = number();
                skipBlanks();
                nanos = nanos.add(count.multiply(unit()));
                skipBlanks();
            }
            BigInteger[] parts = nanos.divideAndRemainder(NANOS_PER_SECOND);
            if (parts[0].bitLength() >= Long.SIZE) {
                throw new InvalidDuration(text, "it is too long");
            }
            return Duration.ofSeconds(parts[0].longValueExact(), parts[1].intValueExact());
        }

        private BigInteger number() {
            int start = at;
            while (at < text.length() && isDigit(text.charAt(at))) {
                at++;
            }
            if (at == start) {
                throw new InvalidDuration(text, "expected a number at " + start + ", found " + rest(start));
            }
            BigInteger number = new BigInteger(text.substring(start, at));
            if (number.bitLength() > Long.SIZE) {
                throw new InvalidDuration(text, "number at " + start + " is too large");
            }
            return number;
        }

        /** The length of the unit that begins here, in nanoseconds. */
        private BigInteger unit() {
            int start = at;
            while (at < text.length() && isLetter(text.charAt(at))) {
                at++;
            }
            if (at == start) {
                throw new InvalidDuration(
                        text, "expected a unit such as s, min or days at " + start + ", found " + rest(start));
            }
            String unit = text.substring(start, at);
            return switch (unit) {
                case "ns", "nsec", "nanos" -> BigInteger.ONE;
                case "us", "usec" -> BigInteger.valueOf(1_000);
                case "ms", "msec", "millis" -> BigInteger.valueOf(1_000_000);
                case "s", "sec", "secs", "second", "seconds" -> seconds(1);
                case "m", "min", "mins", "minute", "minutes" -> seconds(MINUTE);
                case "h", "hr", "hrs", "hour", "hours" -> seconds(HOUR);
                case "d", "day", "days" -> seconds(DAY);
                case "w", "week", "weeks" -> seconds(WEEK);
                case "M", "month", "months" -> seconds(MONTH);
                case "y", "year", "years" -> seconds(YEAR);
                default -> throw new InvalidDuration(text, "unknown unit `" + unit + "` at " + start);
            };
        }

        private void skipBlanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private String rest(int start) {
            return start == text.length() ? "the end" : "`" + text.charAt(start) + "`";
        }

        private static BigInteger seconds(long seconds) {
            return NANOS_PER_SECOND.multiply(BigInteger.valueOf(seconds));
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private static boolean isLetter(char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }
    }
}
