package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the run of an operation is, in its own words.
 *
 * @param step being taken now
 * @param done of {@code total}: steps, or what the kind of operation counts
 * @param waiting why nothing moves; null when something does
 * @param skipped shards that were left out, the first ones where there are many
 * @param estimatedEndMs when it is expected to be over, in wall-clock ms: by the pace of what is counted; where something is waited for, when
 *     that is given up. Null where nothing is known, and while it is held or undone
 * @param state whether the run moves
 * @param steered number of the newest {@link OperationSteering} that the run has taken in; 0 for none
 * @param steps taken lately, in order; a step told again replaces what was said of it before
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationProgress(
        String step,
        long done,
        long total,
        @Nullable String waiting,
        List<Skipped> skipped,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long estimatedEndMs,
        RunState state,
        long steered,
        List<Step> steps) {
    public static final int SKIPPED_MAX = 100;
    public static final int STEPS_MAX = 64;

    public OperationProgress {
        skipped = skipped == null ? List.of() : first(skipped);
        state = state == null ? RunState.RUNNING : state;
        steps = steps == null ? List.of() : last(steps);
    }

    /** What a run does now. */
    public enum RunState {
        RUNNING,
        PAUSED,
        ABORTING
    }

    /** A shard that the operation left alone, and why. */
    public record Skipped(TenantShardId shard, String reason) {}

    /**
     * A step that was begun.
     *
     * @param atMs when, in wall-clock ms
     * @param error what went wrong in it; null when nothing did
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Step(String name, long atMs, @Nullable String error) {
        private boolean isSame(Step other) {
            return name.equals(other.name) && atMs == other.atMs;
        }
    }

    /** This report with the steps told before it. */
    public OperationProgress after(@Nullable OperationProgress before) {
        if (before == null || before.steps.isEmpty()) {
            return this;
        }
        List<Step> all = new ArrayList<>(before.steps);
        for (Step told : steps) {
            all.removeIf(told::isSame);
            all.add(told);
        }
        return new OperationProgress(step, done, total, waiting, skipped, estimatedEndMs, state, steered, all);
    }

    private static List<Skipped> first(List<Skipped> skipped) {
        return List.copyOf(skipped.subList(0, Math.min(SKIPPED_MAX, skipped.size())));
    }

    private static List<Step> last(List<Step> steps) {
        return List.copyOf(steps.subList(Math.max(0, steps.size() - STEPS_MAX), steps.size()));
    }
}
