package dev.berth.workflows.common;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * Bounds of activities (P22). A step is first tried as a local activity, which costs no dispatch and takes at most five seconds with its
 * retries; what needs longer is repeated as an ordinary one that heartbeats.
 */
public final class ActivityDefaults {
    /** Of one request within a local activity. */
    public static final Duration QUICK_REQUEST = Duration.ofSeconds(4);

    /** Of one request within an ordinary activity (behaviour 4.5). */
    public static final Duration PATIENT_REQUEST = Duration.ofSeconds(25);

    /** A request of a try that nobody heard of again may take effect for this long. */
    public static final Duration STRAY_REQUEST = PATIENT_REQUEST.plusSeconds(5);

    /** Of a split on a pageserver, which copies a lot and waits for WAL. */
    public static final Duration SPLIT_REQUEST = Duration.ofSeconds(60);

    /** Of a time travel of one shard, for which a pageserver lists all versions of all its objects. */
    public static final Duration TIME_TRAVEL_REQUEST = Duration.ofMinutes(30);

    /** A look at the children before the request and after it. */
    private static final Duration SPLIT_TRY = SPLIT_REQUEST.plusSeconds(60);

    private static final Duration QUICK = Duration.ofSeconds(5);

    /** Two requests and something to spare. */
    private static final Duration PATIENT_TRY = Duration.ofSeconds(60);

    /** One command or one transaction, with the patience of their clients. */
    private static final Duration SHORT_TRY = Duration.ofSeconds(20);

    /** How often an ordinary activity says that it is alive. */
    public static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    /** After this silence its process counts as dead, and another takes the step up. */
    private static final Duration HEARTBEAT = SIGN_OF_LIFE.multipliedBy(3);

    /** Likewise where nothing is half done. Temporal writes down each sign, which is most of what waiting operations cost. */
    private static final Duration UNHURRIED_HEARTBEAT = Duration.ofSeconds(60);

    private ActivityDefaults() {}

    public static LocalActivityOptions quick() {
        return LocalActivityOptions.newBuilder()
                .setScheduleToCloseTimeout(QUICK)
                .setDoNotIncludeArgumentsIntoMarker(true)
                .setRetryOptions(RetryOptions.newBuilder()
                        .setInitialInterval(Duration.ofMillis(50))
                        .setMaximumInterval(Duration.ofSeconds(1))
                        .build())
                .build();
    }

    /** Tried three times, as the original's calls are. */
    public static ActivityOptions patient() {
        return ActivityOptions.newBuilder()
                .setStartToCloseTimeout(PATIENT_TRY)
                .setHeartbeatTimeout(HEARTBEAT)
                .setRetryOptions(RetryOptions.newBuilder()
                        .setInitialInterval(Duration.ofMillis(500))
                        .setMaximumInterval(Duration.ofSeconds(3))
                        .setMaximumAttempts(3)
                        .build())
                .build();
    }

    /** For an activity that stays and looks while nothing is half done. */
    static ActivityOptions staying() {
        return ActivityOptions.newBuilder(stayingInHurry())
                .setTaskQueue(WorkflowIds.stays(Workflow.getInfo().getTaskQueue()))
                .setHeartbeatTimeout(UNHURRIED_HEARTBEAT)
                .build();
    }

    /** Tried often enough for a pageserver to be restarted, and workers to die, while it stays. */
    static ActivityOptions stayingInHurry() {
        return ActivityOptions.newBuilder()
                .setStartToCloseTimeout(LongWait.STAY_MAX.plus(PATIENT_TRY))
                .setHeartbeatTimeout(HEARTBEAT)
                .setRetryOptions(RetryOptions.newBuilder()
                        .setInitialInterval(Duration.ofMillis(500))
                        .setMaximumInterval(Duration.ofSeconds(5))
                        .setMaximumAttempts(10)
                        .build())
                .build();
    }

    /** For a request that takes as long as a pageserver needs to split a shard. */
    public static ActivityOptions splitting() {
        return ActivityOptions.newBuilder(patient())
                .setStartToCloseTimeout(SPLIT_TRY)
                .setCancellationType(ActivityCancellationType.TRY_CANCEL)
                .build();
    }

    /** For a request that takes as long as the remote store needs. */
    public static ActivityOptions timeTravelling() {
        return ActivityOptions.newBuilder(patient())
                .setStartToCloseTimeout(TIME_TRAVEL_REQUEST.plus(PATIENT_TRY))
                .setCancellationType(ActivityCancellationType.TRY_CANCEL)
                .build();
    }

    /** For what must not be given up because log or ledger are away for a while; one try is over soon. */
    public static ActivityOptions persistent() {
        return ActivityOptions.newBuilder()
                .setStartToCloseTimeout(SHORT_TRY)
                .setHeartbeatTimeout(HEARTBEAT)
                .setScheduleToCloseTimeout(Duration.ofHours(1))
                .setRetryOptions(RetryOptions.newBuilder()
                        .setInitialInterval(Duration.ofMillis(500))
                        .setMaximumInterval(Duration.ofSeconds(5))
                        .build())
                .build();
    }
}
