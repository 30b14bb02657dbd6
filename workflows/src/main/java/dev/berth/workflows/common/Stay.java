package dev.berth.workflows.common;

import dev.berth.workflows.port.WaitingTime;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import java.time.Duration;

/** The activity's side of a {@link LongWait}: looks again and again, first soon, then less often, until there is news or the bound passes. */
public final class Stay {
    private static final Duration FIRST = Duration.ofMillis(500);

    private final WaitingTime time;
    private final Duration apart;

    /** @param apart how far looks are in the end, from beginning to beginning; one that takes longer is followed at once. Zero for those that wait themselves */
    public Stay(WaitingTime time, Duration apart) {
        this.time = time;
        this.apart = apart;
    }

    /** One look. */
    @FunctionalInterface
    public interface Look {
        /** @return what is lacking; empty text when nothing is */
        String lacking() throws InterruptedException;
    }

    /**
     * Looks at least once.
     *
     * @param known to be lacking
     * @param longest of all attempts of the activity together
     * @return what is lacking: something else, unless so much time has passed
     */
    public String until(String known, Duration longest, Look look) {
        ActivityInfo info = Activity.getExecutionContext().getInfo();
        long spentMs = info.getCurrentAttemptScheduledTimestamp() - info.getScheduledTimestamp();
        return Interruption.ends(() -> {
            long endNanos = time.nanos() + longest.minusMillis(spentMs).toNanos();
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
        return distance.compareTo(apart) < 0 ? distance : apart;
    }
}
