package dev.berth.standalone.options;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as {@code 1m 30s}: groups of an integer and a unit; a number without a unit is refused. */
public final class Humantime implements ITypeConverter<Duration> {
    private static final Pattern GROUP = Pattern.compile("\\s*([0-9]{1,18})\\s*([a-zA-Z]+)\\s*");
    private static final Map<String, Duration> UNITS = units();

    @Override
    public Duration convert(String text) {
        return parse(text);
    }

    static Duration parse(String text) {
        Matcher group = GROUP.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (end < text.length() && group.find(end) && group.start() == end) {
            Duration unit = UNITS.get(group.group(2));
            if (unit == null) {
                throw bad(text);
            }
            sum = add(text, sum, unit, Long.parseLong(group.group(1)));
            end = group.end();
        }
        if (end == 0 || end < text.length()) {
            throw bad(text);
        }
        return sum;
    }

    private static Duration add(String text, Duration sum, Duration unit, long count) {
        try {
            return sum.plus(unit.multipliedBy(count));
        } catch (ArithmeticException tooLong) {
            throw bad(text);
        }
    }

    private static TypeConversionException bad(String text) {
        return new TypeConversionException("'" + text + "' is not a duration such as 500ms, 5s or 1m 30s");
    }

    private static Map<String, Duration> units() {
        Map<String, Duration> units = new HashMap<>();
        name(units, Duration.ofNanos(1), "ns", "nsec", "nanos");
        name(units, Duration.ofNanos(1_000), "us", "usec");
        name(units, Duration.ofMillis(1), "ms", "msec", "millis");
        name(units, Duration.ofSeconds(1), "s", "sec", "secs", "second", "seconds");
        name(units, Duration.ofMinutes(1), "m", "min", "mins", "minute", "minutes");
        name(units, Duration.ofHours(1), "h", "hr", "hrs", "hour", "hours");
        name(units, Duration.ofDays(1), "d", "day", "days");
        name(units, Duration.ofDays(7), "w", "week", "weeks");
        name(units, Duration.ofSeconds(2_630_016), "M", "month", "months");
        name(units, Duration.ofSeconds(31_557_600), "y", "year", "years");
        return Map.copyOf(units);
    }

    private static void name(Map<String, Duration> units, Duration unit, String... names) {
        List.of(names).forEach(name -> units.put(name, unit));
    }
}
