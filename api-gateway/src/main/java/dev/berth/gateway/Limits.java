package dev.berth.gateway;

import java.time.Duration;

/** Every bound of the gateway. The waits are those of http-api 1.7. */
public final class Limits {
    public static final int BODY_BYTES_MAX = 4 * 1024 * 1024;
    /** Requests being answered at a time, the waiting ones included; beyond it 503. */
    public static final int REQUESTS_MAX = 20_000;

    public static final Duration STARTUP_GATE = Duration.ofSeconds(30);
    public static final Duration RECONCILE_WAIT = Duration.ofSeconds(30);
    public static final Duration SHORT_RECONCILE_WAIT = Duration.ofSeconds(5);

    /** A command that is not decided by then is not done (P13). */
    public static final Duration DECISION_DEADLINE = Duration.ofSeconds(5);
    /** Somewhat more, so that an expired command is seen to have expired. */
    public static final Duration OUTCOME_WAIT = Duration.ofSeconds(6);
    /** P14: before a read says no. */
    public static final Duration CATCH_UP = Duration.ofSeconds(1);
    /** How long a position named by the caller is waited for. */
    public static final Duration POSITION_WAIT = Duration.ofSeconds(5);
    /** How long an accepted registration is waited for to be seen in the log. */
    public static final Duration REGISTRATION_WAIT = Duration.ofSeconds(5);
    /** An activation ends by itself before this. */
    public static final Duration ACTIVATION_WAIT = Duration.ofSeconds(40);

    /** A split waits for every pageserver; each step of it has a bound of its own. */
    public static final Duration SPLIT_WAIT = Duration.ofMinutes(15);

    /** A time travel lists all versions of all objects of every shard. */
    public static final Duration TIME_TRAVEL_WAIT = Duration.ofHours(1);

    public static final Duration QUIESCENCE_WAIT = Duration.ofSeconds(5);

    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Creating a timeline runs initdb, importing one reads a lot. */
    public static final Duration TIMELINE_CREATE_TIMEOUT = Duration.ofMinutes(2);

    public static final Duration TIMELINE_DELETE_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration PASSTHROUGH_TIMEOUT = Duration.ofMinutes(1);
    public static final Duration TIMELINE_DELETE_WAIT = Duration.ofSeconds(25);

    /** The longest that a caller may ask secondaries to download for, and what they get beyond it to answer. */
    public static final Duration SECONDARY_DOWNLOAD_WAIT_MAX = Duration.ofHours(1);

    public static final Duration SECONDARY_DOWNLOAD_ANSWER = Duration.ofSeconds(10);
    /** P15. */
    public static final int HOME_ZONES_PER_COMMAND = 512;
    /** How long the projection is waited for before it counts as behind. */
    public static final Duration READ_MODEL_WAIT = Duration.ofSeconds(2);
    /** Operations of a page, when the caller does not say. */
    public static final int OPERATIONS_PAGE = 100;

    public static final int OPERATIONS_PAGE_MAX = 1_000;
    /** Characters of the reason given for steering an operation. */
    public static final int STEERING_REASON_MAX = 500;

    /** Shards that one plan may be about. */
    public static final int PLAN_SHARDS_MAX = 50_000;
    /** A plan older than this is not carried out any more. */
    public static final Duration PLAN_APPLICABLE = Duration.ofHours(1);
    /** How often a plan is compared with the state anew when that changes meanwhile. */
    public static final int PLAN_COMPARISONS_MAX = 8;
    /** How long all pageservers together are asked what the moves of a plan have to warm. */
    public static final Duration PLAN_BYTES_WAIT = Duration.ofSeconds(10);

    public static final Duration PLAN_BYTES_TIMEOUT = Duration.ofSeconds(2);
    /** Such questions at a time. */
    public static final int PLAN_BYTES_CALLS_MAX = 64;
    /** Shards, and tenants, of a page of stuck work, when the caller does not say. */
    public static final int STUCK_PAGE = 100;

    public static final int STUCK_PAGE_MAX = 1_000;
    /** Nodes of each kind that an explanation of a placement lists. */
    public static final int EXPLAINED_NODES_MAX = 200;

    /** Ended operations whose end is remembered for those who wait. */
    public static final int ENDED_OPERATIONS_MAX = 10_000;
    /** Tenants whose request allowance is remembered before those with a full one are forgotten. */
    public static final int RATE_LIMITED_TENANTS_MAX = 100_000;
    /** Shards compared with the ledger by one statement. */
    public static final int CONSISTENCY_SLICE = 1_000;

    private Limits() {}
}
