package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Shard;

/** Every bound of the core, in one place. Times in milliseconds. */
public final class Limits {
    /** Shards one command may touch; what is wider goes on in slices (P15). */
    public static final int SHARDS_PER_COMMAND = 256;
    /** Work is redelivered when its lease has run out without renewal (P2). */
    public static final long LEASE_MS = 10_000;
    /** A listing that takes longer is given up. */
    public static final long LISTING_MS = 30_000;
    /** Each available node's listing is compared this often (P3). */
    public static final long AUDIT_EVERY_MS = 60_000;
    /** For so long after a re-attach a node is not given up: reports of a prober that has not heard of it are on their way. */
    public static final long REATTACH_GRACE_MS = 10_000;
    /** The longest a request of an operation may take effect after it was sent. */
    public static final long OPERATION_REQUEST_MS = 30_000;
    /** First pause after work that left something to do; doubles up to the last. */
    public static final long RETRY_FIRST_MS = 500;

    public static final long RETRY_LAST_MS = 20_000;
    /** Rounds without error that a shard gets before further ones are spaced out. */
    public static final int ROUNDS_AT_ONCE = Shard.SET_ASIDE_ATTEMPTS;

    /** Tenants found too large that are told of. */
    public static final int SPLIT_CANDIDATES = 64;
    /** First pause after an automatic split that failed; doubles up to the last. */
    public static final long SPLIT_RETRY_FIRST_MS = 60_000;

    public static final long SPLIT_RETRY_LAST_MS = 3_600_000;
    /** For so long after the last pause failures of automatic splits lengthen the next one. */
    public static final long SPLIT_FAILURES_REMEMBERED_MS = 86_400_000;

    /** Shards of all counts that one time travel may bring back. */
    public static final int TIME_TRAVEL_SHARDS = 1_024;

    private Limits() {}

    /** The pause after the n-th piece of work in a row that left something to do. */
    static long retryPauseMs(int attempts) {
        return Math.min(RETRY_LAST_MS, RETRY_FIRST_MS << Math.min(Math.max(attempts - 1, 0), 16));
    }

    /** The pause after the n-th failure in a row to split a tenant. */
    static long splitPauseMs(int failures) {
        return Math.min(SPLIT_RETRY_LAST_MS, SPLIT_RETRY_FIRST_MS << Math.min(Math.max(failures - 1, 0), 16));
    }
}
