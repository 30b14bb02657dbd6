package dev.berth.workflows.timetravel;

/** The steps in the order in which they are taken. */
enum TimeTravelStep {
    BEGIN,
    /** Once for each shard; between two of them it can be paused and aborted. */
    TRAVEL,
    COMPLETE
}
