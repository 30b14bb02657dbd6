package dev.berth.workflows.common;

import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The steering of one run: signals received, the step it is at, and what Temporal's pages show of it. */
public final class Steering {
    /** Someone who pauses and forgets gets the operation undone. */
    public static final Duration PAUSE_MAX = Duration.ofDays(7);

    private final int stepsTotal;
    private int stepsDone;
    private String step = "begin";
    private @Nullable String waiting;
    private boolean paused;
    private @Nullable String abortReason;

    public Steering(int stepsTotal) {
        this.stepsTotal = stepsTotal;
    }

    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
    }

    public void abort(@Nullable String reason) {
        abortReason = reason == null || reason.isBlank() ? "aborted by signal" : reason;
    }

    public Progress progress() {
        return new Progress(step, stepsDone, stepsTotal, waiting, paused, abortReason);
    }

    /** Names the step now being taken. */
    public void enter(Enum<?> next) {
        step = next.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        stepsDone = Math.min(stepsTotal, next.ordinal());
        waiting = null;
        show();
    }

    public void waitFor(String reason) {
        waiting = reason;
        show();
    }

    /** Nothing is half done here: holds while paused, and ends the forward way when an abort was asked for. */
    public void checkpoint() {
        if (paused && abortReason == null) {
            waitFor("paused by signal");
            OperationAttributes.state("PAUSED");
            if (!Workflow.await(PAUSE_MAX, () -> !paused || abortReason != null)) {
                abortReason = "paused for longer than " + PAUSE_MAX.toDays() + " days";
            }
            waiting = null;
            OperationAttributes.state("RUNNING");
        }
        throwIfAborted();
    }

    public void throwIfAborted() {
        if (abortReason != null) {
            throw new AbortRequested(abortReason);
        }
    }

    private void show() {
        Workflow.setCurrentDetails("Step " + (stepsDone + 1) + " of " + stepsTotal + ": " + step
                + (waiting == null ? "" : "\n\nWaiting: " + waiting));
    }
}
