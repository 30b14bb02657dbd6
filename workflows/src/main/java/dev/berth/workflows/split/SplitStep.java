package dev.berth.workflows.split;

/** The steps in the order in which they are taken. */
enum SplitStep {
    BEGIN,
    FREEZE,
    PREPARE_ROWS,
    SPLIT_SHARDS,
    /** From here there is no way back: the ledger has the children, and the parents no more. */
    COMMIT,
    TELL_STATE_MACHINE,
    REMOVE_PARENTS,
    WARM_SECONDARIES,
    COMPLETE
}
