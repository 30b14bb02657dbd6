package dev.berth.workflows.migrate;

/** The call by which each step reaches the outside, as the journal writes it. */
final class StepCalls {
    private StepCalls() {}

    static String of(MigrationStep step) {
        return switch (step) {
            case BEGIN -> "begin";
            case MAKE_SECONDARY -> "PUT 2 Secondary";
            case WARM_UP -> "POST 2 download";
            case FREEZE_ORIGIN -> "PUT 1 AttachedStale";
            case ISSUE_GENERATION -> "issue";
            case ATTACH_DESTINATION -> "PUT 2 AttachedMulti";
            case CATCH_UP -> "POST 2 wait_lsn";
            case CUT_OVER -> "advance CUT_OVER";
            case TELL_COMPUTES -> "await computes";
            case RELEASE_ORIGIN -> "PUT 1 Secondary";
            case SETTLE_DESTINATION -> "PUT 2 AttachedSingle";
            case COMPLETE -> "complete";
        };
    }
}
