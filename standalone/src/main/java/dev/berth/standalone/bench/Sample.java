package dev.berth.standalone.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a number of operations took.
 *
 * @param nanos of each right operation, ascending
 * @param failed how many were wrong; {@code failures} tells the first of them
 */
record Sample(List<Long> nanos, Duration wall, int failed, List<String> failures) {
    Sample {
        nanos = nanos.stream().sorted().toList();
        failures = List.copyOf(failures);
    }

    /** The smallest time that at least this share of the operations did not exceed. */
    Duration percentile(double share) {
        if (nanos.isEmpty()) {
            return Duration.ZERO;
        }
        int rank = (int) Math.ceil(share * nanos.size());
        return Duration.ofNanos(nanos.get(Math.clamp(rank - 1L, 0, nanos.size() - 1)));
    }

    double perSecond() {
        return nanos.size() / Math.max(1e-9, wall.toNanos() / 1e9);
    }

    String latency() {
        return "p50 " + millis(percentile(0.5)) + ", p99 " + millis(percentile(0.99));
    }

    static String millis(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
    }

    static String count(double number) {
        return String.format(Locale.ROOT, "%,d", Math.round(number));
    }
}
