package dev.berth.standalone.frontdoor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * A step in which an operation can be kept from outside, and what a pause and an abort that come then lead to. Steps between them are
 * decisions of the state machine, which only its death makes last.
 */
enum OperationStep {
    MIGRATION_NOT_BEGUN(Kind.SHARD_MIGRATION, Pause.HOLDS, Abort.UNDOES),
    MIGRATION_MAKE_SECONDARY(Kind.SHARD_MIGRATION, Pause.HOLDS, Abort.UNDOES),
    MIGRATION_WARM_UP(Kind.SHARD_MIGRATION, Pause.HOLDS, Abort.UNDOES),
    MIGRATION_FREEZE_ORIGIN(Kind.SHARD_MIGRATION, Pause.COMES_TOO_LATE, Abort.UNDOES),
    MIGRATION_ISSUE_GENERATION(Kind.SHARD_MIGRATION, Pause.COMES_TOO_LATE, Abort.UNDOES),
    MIGRATION_ATTACH_DESTINATION(Kind.SHARD_MIGRATION, Pause.COMES_TOO_LATE, Abort.UNDOES),
    MIGRATION_CATCH_UP(Kind.SHARD_MIGRATION, Pause.COMES_TOO_LATE, Abort.UNDOES),
    MIGRATION_TELL_COMPUTES(Kind.SHARD_MIGRATION, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    MIGRATION_RELEASE_ORIGIN(Kind.SHARD_MIGRATION, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    MIGRATION_SETTLE_DESTINATION(Kind.SHARD_MIGRATION, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    SPLIT_NOT_BEGUN(Kind.SHARD_SPLIT, Pause.HOLDS, Abort.UNDOES),
    SPLIT_FREEZE(Kind.SHARD_SPLIT, Pause.HOLDS, Abort.UNDOES),
    SPLIT_PREPARE_ROWS(Kind.SHARD_SPLIT, Pause.COMES_TOO_LATE, Abort.UNDOES),
    SPLIT_SPLIT_SHARDS(Kind.SHARD_SPLIT, Pause.COMES_TOO_LATE, Abort.UNDOES),
    SPLIT_COMMIT(Kind.SHARD_SPLIT, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    SPLIT_REMOVE_PARENTS(Kind.SHARD_SPLIT, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    SPLIT_WARM_SECONDARIES(Kind.SHARD_SPLIT, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    DRAIN_NOT_BEGUN(Kind.NODE_DRAIN, Pause.HOLDS, Abort.UNDOES),
    DRAIN_MOVE(Kind.NODE_DRAIN, Pause.HOLDS, Abort.UNDOES),
    DRAIN_REVISIT(Kind.NODE_DRAIN, Pause.HOLDS, Abort.UNDOES),
    FILL_NOT_BEGUN(Kind.NODE_FILL, Pause.HOLDS, Abort.UNDOES),
    FILL_MOVE(Kind.NODE_FILL, Pause.HOLDS, Abort.UNDOES),
    FILL_REVISIT(Kind.NODE_FILL, Pause.HOLDS, Abort.UNDOES),
    NODE_DELETION_NOT_BEGUN(Kind.NODE_DELETE, Pause.HOLDS, Abort.UNDOES),
    NODE_DELETION_MOVE(Kind.NODE_DELETE, Pause.HOLDS, Abort.UNDOES),
    NODE_DELETION_REVISIT(Kind.NODE_DELETE, Pause.HOLDS, Abort.UNDOES),
    NODE_DELETION_WRITE_TOMBSTONE(Kind.NODE_DELETE, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    TENANT_DELETION_NOT_BEGUN(Kind.TENANT_DELETE, Pause.HOLDS, Abort.UNDOES),
    TENANT_DELETION_AWAIT_DETACHED(Kind.TENANT_DELETE, Pause.HOLDS, Abort.UNDOES),
    TENANT_DELETION_PURGE_REMOTE(Kind.TENANT_DELETE, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    TENANT_DELETION_REMOVE_ROWS(Kind.TENANT_DELETE, Pause.COMES_TOO_LATE, Abort.COMES_TOO_LATE),
    TIME_TRAVEL_NOT_BEGUN(Kind.TENANT_TIME_TRAVEL, Pause.HOLDS, Abort.UNDOES),
    TIME_TRAVEL_TRAVEL(Kind.TENANT_TIME_TRAVEL, Pause.HOLDS, Abort.UNDOES);

    enum Kind {
        SHARD_MIGRATION,
        SHARD_SPLIT,
        NODE_DRAIN,
        NODE_FILL,
        NODE_DELETE,
        TENANT_DELETE,
        TENANT_TIME_TRAVEL;

        /** As the API calls it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    enum Pause {
        /** Once the step is over, until it is resumed. */
        HOLDS,
        COMES_TOO_LATE
    }

    enum Abort {
        UNDOES,
        COMES_TOO_LATE
    }

    final Kind kind;
    final Pause pause;
    final Abort abort;

    OperationStep(Kind kind, Pause pause, Abort abort) {
        this.kind = kind;
        this.pause = pause;
        this.abort = abort;
    }

    private static List<OperationStep> those(Predicate<OperationStep> which) {
        return Arrays.stream(values()).filter(which).toList();
    }

    /** Accepted, and no run has begun it: that lasts as long as there are no workers or no Temporal. */
    static List<OperationStep> notBegun() {
        return those(OperationStep::isBeforeTheFirst);
    }

    /** Those that a run gives up after seconds. */
    static List<OperationStep> brief() {
        return those(OperationStep::isBrief);
    }

    /** Those that last for as long as a process needs to start. */
    static List<OperationStep> lasting() {
        return those(step -> !step.isBeforeTheFirst() && !step.isBrief());
    }

    /** Those that rely on the pageserver with the shard. A split that loses it at its call is {@link SplitIT}'s. */
    static List<OperationStep> withAnAttachment() {
        return those(
                step -> !step.isBeforeTheFirst() && step.kind != Kind.TENANT_TIME_TRAVEL && step != SPLIT_SPLIT_SHARDS);
    }

    /** Those that rely on a pageserver with a copy, or without one yet. */
    static List<OperationStep> withACopy() {
        return those(step -> !step.isBeforeTheFirst()
                && List.of(Kind.SHARD_MIGRATION, Kind.NODE_DRAIN, Kind.NODE_DELETE, Kind.TENANT_DELETE)
                        .contains(step.kind));
    }

    /**
     * In which turn steps are to be held that are held at once. The ledger's are last: who waits for a row keeps a connection, and what is
     * gathered into one statement with a generation that waits for its row waits with it.
     */
    int turn() {
        return switch (this) {
            case SPLIT_PREPARE_ROWS, SPLIT_COMMIT, NODE_DELETION_WRITE_TOMBSTONE, TENANT_DELETION_REMOVE_ROWS -> 1;
            case MIGRATION_ISSUE_GENERATION -> 2;
            default -> 0;
        };
    }

    private boolean isBeforeTheFirst() {
        return name().endsWith("_NOT_BEGUN");
    }

    private boolean isBrief() {
        return this == SPLIT_FREEZE || this == SPLIT_REMOVE_PARENTS || this == SPLIT_WARM_SECONDARIES;
    }
}
