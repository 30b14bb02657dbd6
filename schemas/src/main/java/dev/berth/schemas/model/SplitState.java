package dev.berth.schemas.model;

/** How a split stands in the ledger. */
public enum SplitState {
    PREPARED,
    /** It has happened. */
    COMMITTED,
    /** It has not happened, and cannot any more. */
    UNDONE,
    /** Its shards are not where or what it believes; nothing was changed. */
    REFUSED
}
