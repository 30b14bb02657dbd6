package dev.berth.schemas.model;

/** The long operations: each is a Temporal workflow with one id, a lock in the state machine and a compensation. */
public enum OperationKind {
    TENANT_DELETE,
    SHARD_MIGRATION,
    SHARD_SPLIT
}
