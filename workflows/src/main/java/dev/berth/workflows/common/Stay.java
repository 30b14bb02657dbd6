package dev.berth.workflows.common;

import java.time.Duration;

/** The activity's side of a {@link LongWait}: looks again and again, first soon, then less often, until there is news or the bound passes. */
public final class Stay {
    private static final Duration FIRST = Duration.ofMillis(500);

    private final WaitingTime time;
    private final Duration longest;

    /** @param longest time from one look to the next; one that takes longer itself is followed at once. Zero for looks that wait themselves */
    public Stay(WaitingTime time, Duration longest) {
        this.time = time;
        this.longest = longest;
    }

    /** One look. */
    @FunctionalInterface
    public interface Look {
        /** @return what is lacking; empty text when nothing is */
        String lacking() throws InterruptedException;
    }

    /** Looks at least once. @param known to be lacking. @return what is lacking: something else, unless the bound has passed */
    public String until(String known, Duration bound, Look look) {
        return Interruption.ends(() -> {
            long endNanos = time.nanos() + bound.toNanos();
            Duration distance = shorter(FIRST);
            while (true) {
                long begunNanos = time.nanos();
                String lacking = look.lacking();
                long nowNanos = time.nanos();
                if (!lacking.equals(known) || nowNanos >= endNanos) {
                    return lacking;
                }
                time.pass(distance.minusNanos(Math.min(nowNanos - begunNanos, distance.toNanos())));
                distance = shorter(distance.multipliedBy(2));
            }
        });
    }

    private Duration shorter(Duration distance) {
        return distance.compareTo(longest) < 0 ? distance : longest;
    }
}
