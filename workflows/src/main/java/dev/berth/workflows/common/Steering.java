package dev.berth.workflows.common;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.OperationProgress.Step;
import dev.berth.schemas.model.OperationSteering;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The steering of one run: what was asked of it, by the state machine or by signals of a person, the step it is at, and what the state
 * machine and Temporal's pages are told of it. Whoever asked last is followed.
 */
public final class Steering {
    /** Someone who pauses and forgets gets the operation undone. */
    public static final Duration PAUSE_MAX = Duration.ofDays(7);

    /** Characters of an error as it is told. */
    private static final int ERROR_MAX = 500;

    /** Names the change by which runs tell the state machine that they hold. */
    private static final String TELLS_PAUSES = "tells-pauses";

    /** What ends a wait. */
    public enum Heed {
        PAUSES_AND_ABORTS,
        ABORTS,
        NOTHING
    }

    private final int stepsTotal;
    private int stepsDone;
    private String step = "begin";
    private @Nullable String waiting;
    private boolean paused;
    private String pauseReason = "paused by signal";
    private @Nullable String abortReason;
    private boolean holds;
    private long heldMs;
    private boolean aborting;
    private long steered;
    private long done = -1;
    private long total;
    private final Pace pace = new Pace();
    private @Nullable Long waitEndMs;
    private final List<Skipped> skipped = new ArrayList<>();
    private final List<Step> untold = new ArrayList<>();
    private @Nullable Step current;
    private @Nullable OperationSteps operation;

    public Steering(int stepsTotal) {
        this.stepsTotal = stepsTotal;
    }

    /** From here on pauses are told through these commands. */
    void tellThrough(OperationSteps steps) {
        operation = steps;
    }

    public void pause() {
        paused = true;
        pauseReason = "paused by signal";
    }

    public void resume() {
        paused = false;
    }

    public void abort(@Nullable String reason) {
        abortReason = reason == null || reason.isBlank() ? "aborted by signal" : reason;
    }

    /** Takes in what was asked of the state machine, each number once. */
    public void steer(@Nullable OperationSteering asked) {
        if (asked == null || asked.number() <= steered) {
            return;
        }
        steered = asked.number();
        switch (asked.action()) {
            case PAUSE -> {
                paused = true;
                pauseReason = "paused" + (asked.reason() == null ? "" : ": " + asked.reason());
            }
            case RESUME -> paused = false;
            case ABORT -> abortReason = asked.reason() == null ? "aborted" : asked.reason();
        }
    }

    public Progress progress() {
        return new Progress(step, stepsDone, stepsTotal, waiting, paused, abortReason);
    }

    /** Names the step now being taken. */
    public void enter(Enum<?> next) {
        step = next.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        stepsDone = Math.min(stepsTotal, next.ordinal());
        waiting = null;
        note(new Step(step, Workflow.currentTimeMillis(), null));
        show();
    }

    /** What went wrong in the step being taken, for its history. */
    public void failed(String error) {
        String name = current == null ? step : current.name();
        long atMs = current == null ? Workflow.currentTimeMillis() : current.atMs();
        note(new Step(name, atMs, error.length() > ERROR_MAX ? error.substring(0, ERROR_MAX) : error));
    }

    private void note(Step noted) {
        if (current != null && current.name().equals(noted.name()) && current.atMs() == noted.atMs()) {
            untold.remove(current);
        }
        current = noted;
        untold.add(noted);
        if (untold.size() > OperationProgress.STEPS_MAX) {
            untold.removeFirst();
        }
    }

    public void waitFor(String reason) {
        waiting = reason;
        show();
    }

    /** For kinds that count something else than their steps. */
    public void counted(long nowDone, long ofTotal) {
        pace.reached(nowDone, movingMs());
        done = nowDone;
        total = ofTotal;
    }

    /** Something is waited for no longer than until then, in {@link #movingMs()}; null when nothing is. */
    void waitsUntil(@Nullable Long endMs) {
        waitEndMs = endMs;
    }

    /** A shard that is left alone; only the first ones are told. */
    public void skip(TenantShardId shard, String reason) {
        if (skipped.size() < OperationProgress.SKIPPED_MAX) {
            skipped.add(new Skipped(shard, reason));
        }
    }

    /** These and no others are left alone, as things are now. */
    public void skipOnly(List<Skipped> shards) {
        skipped.clear();
        shards.forEach(one -> skip(one.shard(), one.reason()));
    }

    /** Takes out what was not told yet; steps that are lost on the way are missing in the history, no more. */
    OperationProgress report(@Nullable String why) {
        OperationProgress report = new OperationProgress(
                step,
                done < 0 ? stepsDone : done,
                done < 0 ? stepsTotal : total,
                why,
                skipped,
                estimatedEndMs(),
                runState(),
                steered,
                untold);
        untold.clear();
        return report;
    }

    /** Of a wait when it is given up, of what is counted by its pace. */
    private @Nullable Long estimatedEndMs() {
        if (holds || aborting) {
            return null;
        }
        long nowMs = movingMs();
        OptionalLong leftMs =
                waitEndMs == null ? pace.leftMs(done, total, nowMs) : OptionalLong.of(Math.max(0, waitEndMs - nowMs));
        return leftMs.isEmpty() ? null : Workflow.currentTimeMillis() + leftMs.getAsLong();
    }

    private RunState runState() {
        if (aborting) {
            return RunState.ABORTING;
        }
        return holds ? RunState.PAUSED : RunState.RUNNING;
    }

    /** Nothing is half done here: holds while paused, and ends the forward way when an abort was asked for. */
    public void checkpoint() {
        if (paused && abortReason == null) {
            hold();
        }
        throwIfAborted();
    }

    private void hold() {
        holds = true;
        OperationAttributes.state("PAUSED");
        long begunMs = Workflow.currentTimeMillis();
        long endMs = begunMs + PAUSE_MAX.toMillis();
        while (paused && abortReason == null) {
            waitFor(pauseReason);
            tell();
            long told = steered;
            Duration left = Duration.ofMillis(Math.max(1, endMs - Workflow.currentTimeMillis()));
            if (!Workflow.await(left, () -> !paused || abortReason != null || steered != told)) {
                abortReason = "paused for longer than " + PAUSE_MAX.toDays() + " days";
            }
        }
        holds = false;
        heldMs += tellsPauses() ? Workflow.currentTimeMillis() - begunMs : 0;
        waiting = null;
        OperationAttributes.state("RUNNING");
        if (abortReason == null) {
            tell();
        }
    }

    private void tell() {
        OperationSteps steps = operation;
        if (steps != null && tellsPauses()) {
            steps.tell(waiting);
        }
    }

    /** Runs that began before this was known do not, so that their histories can be replayed. */
    private static boolean tellsPauses() {
        return Workflow.getVersion(TELLS_PAUSES, Workflow.DEFAULT_VERSION, 1) >= 1;
    }

    /** Wall-clock ms without the time in which the run was held: what bounds of waiting are measured by. */
    public long movingMs() {
        return Workflow.currentTimeMillis() - heldMs;
    }

    /** Does what was asked of the run, as far as it is heeded. */
    void heed(Heed heed) {
        switch (heed) {
            case PAUSES_AND_ABORTS -> checkpoint();
            case ABORTS -> throwIfAborted();
            case NOTHING -> {}
        }
    }

    /** Whether something was asked of the run that is heeded. */
    boolean isAsked(Heed heed) {
        return switch (heed) {
            case PAUSES_AND_ABORTS -> paused || abortReason != null;
            case ABORTS -> abortReason != null;
            case NOTHING -> false;
        };
    }

    public void throwIfAborted() {
        if (abortReason != null) {
            throw new AbortRequested(abortReason);
        }
    }

    /** The way back has begun. */
    public void undoing(String reason) {
        aborting = true;
        OperationAttributes.state("ABORTING");
        waitFor("being undone: " + reason);
    }

    private void show() {
        Workflow.setCurrentDetails("Step " + (stepsDone + 1) + " of " + stepsTotal + ": " + step
                + (waiting == null ? "" : "\n\nWaiting: " + waiting));
    }
}
