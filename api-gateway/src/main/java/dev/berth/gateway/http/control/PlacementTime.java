package dev.berth.gateway.http.control;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

/**
 * A moment in the history of the cell, as a caller names it: a position of the log, or a time.
 *
 * @param position nothing decided later counts
 * @param ms likewise, by state time
 */
record PlacementTime(long position, long ms) {
    private static final Pattern POSITION = Pattern.compile("\\d{1,19}");

    /** @throws IllegalArgumentException for what is neither */
    static PlacementTime of(String text) {
        try {
            return POSITION.matcher(text).matches()
                    ? new PlacementTime(Long.parseLong(text), Long.MAX_VALUE)
                    : new PlacementTime(
                            Long.MAX_VALUE,
                            OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "expected a position of the log or a time like 2026-01-31T10:20:30Z, not '" + text + "'", e);
        }
    }
}
