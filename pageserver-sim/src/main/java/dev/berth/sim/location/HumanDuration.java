package dev.berth.sim.location;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of durations in tenant configs: {@code "1m 30s"}. What is read back is printed anew. */
public final class HumanDuration {
    private static final Pattern GROUP = Pattern.compile("\\s*(\\d+)\\s*([a-zA-Z]+)\\s*");
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;
    private static final Map<String, Long> UNITS = new LinkedHashMap<>();

    static {
        unit(1, "ns", "nsec", "nanos");
        unit(1_000, "us", "usec");
        unit(1_000_000, "ms", "msec", "millis");
        unit(SECOND, "s", "sec", "secs", "second", "seconds");
        unit(60 * SECOND, "m", "min", "mins", "minute", "minutes");
        unit(3600 * SECOND, "h", "hr", "hrs", "hour", "hours");
        unit(DAY, "d", "day", "days");
        unit(7 * DAY, "w", "week", "weeks");
        unit(2_630_016 * SECOND, "M", "month", "months");
        unit(31_557_600 * SECOND, "y", "year", "years");
    }

    private HumanDuration() {}

    private static void unit(long nanos, String... spellings) {
        for (String spelling : spellings) {
            UNITS.put(spelling, nanos);
        }
    }

    /** Nanoseconds of the text. */
    public static long parseNanos(String text) {
        Matcher groups = GROUP.matcher(text);
        long nanos = 0;
        int end = 0;
        while (end < text.length() && groups.find() && groups.start() == end) {
            Long unit = UNITS.get(groups.group(2));
            if (unit == null) {
                throw new IllegalArgumentException("unknown unit in duration: " + text);
            }
            nanos = Math.addExact(nanos, Math.multiplyExact(Long.parseLong(groups.group(1)), unit));
            end = groups.end();
        }
        if (text.isEmpty() || end != text.length()) {
            throw new IllegalArgumentException("not a duration: " + text);
        }
        return nanos;
    }

    /** The one way a pageserver prints this many nanoseconds. */
    public static String format(long nanos) {
        if (nanos == 0) {
            return "0s";
        }
        List<String> parts = new ArrayList<>();
        long rest = nanos;
        rest = part(parts, rest, 31_557_600 * SECOND, "year", "years");
        rest = part(parts, rest, 2_630_016 * SECOND, "month", "months");
        rest = part(parts, rest, DAY, "day", "days");
        rest = part(parts, rest, 3600 * SECOND, "h", "h");
        rest = part(parts, rest, 60 * SECOND, "m", "m");
        rest = part(parts, rest, SECOND, "s", "s");
        rest = part(parts, rest, 1_000_000, "ms", "ms");
        rest = part(parts, rest, 1_000, "us", "us");
        part(parts, rest, 1, "ns", "ns");
        return String.join(" ", parts);
    }

    private static long part(List<String> parts, long nanos, long unit, String one, String many) {
        long amount = nanos / unit;
        if (amount > 0) {
            parts.add(amount + (amount == 1 ? one : many));
        }
        return nanos % unit;
    }
}
