package dev.berth.workflows.common;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.reply.Rejection;
import io.temporal.failure.ApplicationFailure;
import org.jspecify.annotations.Nullable;

/** The ways in which a step fails, as types that survive the way through Temporal. */
public final class Failures {
    /** The state machine has gone on without this run, or under another sequence: read the state again (P19). */
    public static final String SUPERSEDED = "Superseded";

    /** Trying again does not help: a pageserver refused, a node is away. */
    public static final String REFUSED = "Refused";

    /**
     * A PUT had no answer and may still take effect; details: node, and the wall-clock time in ms at which it cannot any more. Not
     * retried by Temporal: the workflow tries again, so that it knows of each such request (P3).
     */
    public static final String UNANSWERED = "Unanswered";

    private Failures() {}

    public static ApplicationFailure superseded(String why) {
        return ApplicationFailure.newNonRetryableFailure(why, SUPERSEDED);
    }

    public static ApplicationFailure refused(String why) {
        return ApplicationFailure.newNonRetryableFailure(why, REFUSED);
    }

    public static ApplicationFailure unanswered(NodeId node, long settlesAtMs, String why) {
        return ApplicationFailure.newNonRetryableFailure(why, UNANSWERED, node.toString(), settlesAtMs);
    }

    /** What a refused command means to the run that gave it. */
    public static RuntimeException rejected(Rejection rejection) {
        return switch (rejection.reason()) {
            case SUPERSEDED, OPERATION_NOT_OPEN, OPERATION_RUN_DIFFERS -> superseded(rejection.detail());
            case NODE_NOT_FIT -> refused(rejection.detail());
            default -> new IllegalStateException(rejection.reason() + ": " + rejection.detail());
        };
    }

    /** The named failure among the causes, if there is one. */
    public static @Nullable ApplicationFailure named(Throwable failure, String type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApplicationFailure application && type.equals(application.getType())) {
                return application;
            }
        }
        return null;
    }

    /** What a person should read: the innermost reason that says something, as a broken connection does not. */
    public static String reason(Throwable failure) {
        String reason = failure.getClass().getSimpleName();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String said = cause instanceof ApplicationFailure application
                    ? application.getOriginalMessage()
                    : cause.getMessage();
            if (said != null && !said.isBlank()) {
                reason = said;
            }
        }
        return reason;
    }
}
