package dev.berth.schemas.reply;

/** Why a command was refused. Each has one HTTP status, given where the gateway maps them. */
public enum RejectionReason {
    /** Decided after its deadline: not done. */
    EXPIRED,
    /** The message could not be understood or broke a rule of the log; a dead letter says more. */
    INTERNAL,
    INVALID,
    TENANT_NOT_FOUND,
    SHARD_NOT_FOUND,
    NODE_NOT_FOUND,
    /** Another shard count or stripe size than the tenant has. */
    TENANT_SHAPE_DIFFERS,
    TENANT_DELETING,
    /** A violated invariant froze the tenant; an operator has to look. */
    TENANT_FROZEN,
    TENANT_DETACHED,
    NO_PAGESERVERS,
    NO_MATCHING_PAGESERVER,
    DESTINATION_UNKNOWN,
    DESTINATION_UNAVAILABLE,
    WORSE_SCORING_NODE,
    ORIGIN_DIFFERS,
    /** Another operation holds the shard or tenant, and the queue for it is full. */
    OPERATION_IN_PROGRESS,
    OPERATION_NOT_OPEN,
    /** It is being undone, and cannot be asked for anything else any more. */
    OPERATION_ABORTING,
    /** Another run of the workflow owns the operation. */
    OPERATION_RUN_DIFFERS,
    SUPERSEDED,
    /** Reported by somebody who is no longer entitled to: an old prober epoch, an old incarnation. */
    STALE,
    CELL_EXISTS,
    NODE_NOT_ANSWERING,
    NODE_UNAVAILABLE,
    /** Its policy, its neighbours or what it does now stand in the way. */
    NODE_NOT_FIT,
    /** A background operation on a node is open; there is one at a time in the cell. */
    NODE_OPERATION_ONGOING,
    NODE_OPERATION_REPEATED,
    /** A split has the tenant until it is committed or undone. */
    TENANT_SPLITTING,
    /** The state is no longer the one with which the plan was compared. */
    PLAN_OUTDATED,
    /** What is asked for needs that nothing of the tenant is on any pageserver. */
    TENANT_NOT_DETACHED,
    /** Nothing could be put back after a failure, because the scheduling policy forbids all work. */
    SCHEDULING_STOPPED
}
