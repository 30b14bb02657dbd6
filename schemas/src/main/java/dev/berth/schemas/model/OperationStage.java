package dev.berth.schemas.model;

/**
 * How far an operation has come, as the state machine knows it. A workflow that was lost is started again from here.
 *
 * <p>Migration: ACCEPTED, WARMING (destination is a secondary and downloads), CUT_OVER (the destination is the attached
 * location in a new generation and compute is being told). Deletion: ACCEPTED (locations are being removed), PURGING (remote data and
 * ledger rows are being removed). Operations on a node: ACCEPTED; deletion of one also PURGING (its tombstone is being written).
 * Split: ACCEPTED (its shards are waited for), FROZEN (only the split acts on them; the ledger may hold
 * rows of children and says whether the split has happened), COMMITTED (the tenant has its new shards; the old ones are tidied away).
 * Time travel: ACCEPTED; it is repeated as a whole, which leaves what is done as it is.
 */
public enum OperationStage {
    ACCEPTED,
    WARMING,
    CUT_OVER,
    PURGING,
    FROZEN,
    COMMITTED
}
