package dev.berth.workflows.common;

import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Pauses between rounds of waiting, so that rounds that end at once neither spin nor fill the history. */
public final class GrowingPause {
    private static final Duration FIRST = Duration.ofMillis(500);

    private final Duration longest;
    private Duration next = FIRST;

    public GrowingPause(Duration longest) {
        this.longest = longest;
    }

    public void take() {
        Workflow.sleep(next);
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
    }
}
