package dev.berth.schemas.model;

/** The long operations: each is a Temporal workflow with one id, a lock in the state machine and a compensation. */
public enum OperationKind {
    TENANT_DELETE,
    SHARD_MIGRATION,
    SHARD_SPLIT,
    NODE_DRAIN,
    NODE_FILL,
    NODE_DELETE,
    TENANT_TIME_TRAVEL;

    /** Whether it is one of those of which a cell has one at a time (behaviour 5.7). */
    public boolean isOfNode() {
        return this == NODE_DRAIN || this == NODE_FILL || this == NODE_DELETE;
    }
}
