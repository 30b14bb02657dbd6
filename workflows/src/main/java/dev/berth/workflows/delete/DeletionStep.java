package dev.berth.workflows.delete;

/** The steps in the order in which they are taken. */
enum DeletionStep {
    BEGIN,
    AWAIT_DETACHED,
    /** From here there is no way back: objects are gone. */
    PURGE_REMOTE,
    REMOVE_ROWS,
    COMPLETE
}
