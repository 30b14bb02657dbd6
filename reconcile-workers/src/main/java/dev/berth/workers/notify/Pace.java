package dev.berth.workers.notify;

import java.time.Duration;

/**
 * How patiently computes are told.
 *
 * @param firstPause after the first failure; doubles up to {@code lastPause}
 * @param slowDown least pause when the receiver asks for patience
 * @param unheard when an acknowledgement the state does not show is reported again
 * @param repeatsPerSecond of acknowledged mappings after a partition was taken over
 */
public record Pace(Duration firstPause, Duration lastPause, Duration slowDown, Duration unheard, int repeatsPerSecond) {
    public static final Pace USUAL = new Pace(
            Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(10), 100);

    private static final int DOUBLINGS_MAX = 20;

    long pauseNanos(int failures) {
        long grown = firstPause.toNanos() << Math.clamp(failures - 1, 0, DOUBLINGS_MAX);
        return Math.min(lastPause.toNanos(), grown);
    }
}
