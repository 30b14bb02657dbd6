package dev.berth.workflows.common;

import java.time.Duration;

/** The activity's side of a {@link LongWait}: looks again and again, first soon, then less often, until there is news or the bound passes. */
public final class Stay {
    private static final Duration PAUSE_FIRST = Duration.ofMillis(500);

    private final WaitingTime time;
    private final Duration pauseMax;

    /** @param pauseMax the longest pause between two looks; zero for looks that wait themselves */
    public Stay(WaitingTime time, Duration pauseMax) {
        this.time = time;
        this.pauseMax = pauseMax;
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
            Duration pause = shorter(PAUSE_FIRST);
            String lacking = look.lacking();
            while (lacking.equals(known) && time.nanos() < endNanos) {
                time.pass(pause);
                pause = shorter(pause.multipliedBy(2));
                lacking = look.lacking();
            }
            return lacking;
        });
    }

    private Duration shorter(Duration pause) {
        return pause.compareTo(pauseMax) < 0 ? pause : pauseMax;
    }
}
