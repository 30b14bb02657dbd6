package dev.berth.workflows.common;

import dev.berth.schemas.id.NodeId;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Takes steps: at once as a local activity, and where that was not enough as an ordinary one that may take longer. Remembers which
 * requests were never answered, since they may still take effect (P3).
 */
public final class Patience<A> {
    private static final int UNANSWERED_MAX = 3;
    private static final Duration PAUSE_MAX = Duration.ofSeconds(3);

    private final A quick;
    private final A patient;
    private final Map<NodeId, Long> unsettled = new TreeMap<>();
    private long straysUntilMs;

    public Patience(A quick, A patient) {
        this.quick = quick;
        this.patient = patient;
    }

    /**
     * Takes a step to its end.
     *
     * @throws Superseded when the run has lost the operation
     * @throws StepFailed when it was refused or took too long
     */
    public <T> T take(Function<A, T> step) {
        try {
            return step.apply(quick);
        } catch (ActivityFailure e) {
            remember(e);
            if (Failures.named(e, Failures.REFUSED) != null) {
                throw new StepFailed(Failures.reason(e));
            }
        }
        return slowly(step);
    }

    /** One short try. */
    public <T> T quickly(Function<A, T> step) {
        try {
            return step.apply(quick);
        } catch (ActivityFailure e) {
            remember(e);
            throw new StepFailed(Failures.reason(e));
        }
    }

    /** Where the short try is known to be too short. */
    public <T> T slowly(Function<A, T> step) {
        GrowingPause pause = new GrowingPause(PAUSE_MAX);
        for (int unanswered = 1; ; unanswered++) {
            try {
                return step.apply(patient);
            } catch (ActivityFailure e) {
                remember(e);
                if (unanswered == UNANSWERED_MAX || Failures.named(e, Failures.UNANSWERED) == null) {
                    throw new StepFailed(Failures.reason(e));
                }
            }
            pause.take();
        }
    }

    private void remember(ActivityFailure failure) {
        ApplicationFailure superseded = Failures.named(failure, Failures.SUPERSEDED);
        if (superseded != null) {
            throw new Superseded(superseded.getOriginalMessage());
        }
        ApplicationFailure unanswered = Failures.named(failure, Failures.UNANSWERED);
        if (unanswered != null) {
            NodeId node = NodeId.of(unanswered.getDetails().get(0, String.class));
            unsettled.merge(node, unanswered.getDetails().get(1, Long.class), Math::max);
        }
        if (timedOut(failure)) {
            // Nobody says which request was under way, nor to which node.
            straysUntilMs = Workflow.currentTimeMillis() + ActivityDefaults.STRAY_REQUEST.toMillis();
        }
    }

    private static boolean timedOut(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutFailure) {
                return true;
            }
        }
        return false;
    }

    /** Until when, in wall-clock ms, requests to the node may take effect that nobody has heard of again; 0 for none. */
    public long unsettledUntilMs(NodeId node) {
        return Math.max(straysUntilMs, unsettled.getOrDefault(node, 0L));
    }
}
