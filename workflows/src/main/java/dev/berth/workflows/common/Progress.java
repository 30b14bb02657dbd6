package dev.berth.workflows.common;

import org.jspecify.annotations.Nullable;

/**
 * How far a run is.
 *
 * @param step being taken now
 * @param waiting why nothing moves; null when something does
 * @param abortRequested reason given with the abort signal
 */
public record Progress(
        String step,
        int stepsDone,
        int stepsTotal,
        @Nullable String waiting,
        boolean paused,
        @Nullable String abortRequested) {}
