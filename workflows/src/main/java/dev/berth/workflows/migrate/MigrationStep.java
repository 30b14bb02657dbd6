package dev.berth.workflows.migrate;

/** The steps in the order in which they are taken. */
enum MigrationStep {
    BEGIN,
    MAKE_SECONDARY,
    WARM_UP,
    FREEZE_ORIGIN,
    ISSUE_GENERATION,
    ATTACH_DESTINATION,
    CATCH_UP,
    /** From here there is no way back: the state machine sends computes to the destination. */
    CUT_OVER,
    TELL_COMPUTES,
    RELEASE_ORIGIN,
    SETTLE_DESTINATION,
    COMPLETE
}
