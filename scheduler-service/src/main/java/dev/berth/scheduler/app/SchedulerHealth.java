package dev.berth.scheduler.app;

/**
 * How the scheduler service is.
 *
 * @param detail why it is not running, or what it does
 */
public record SchedulerHealth(Status status, String detail) {
    /** Running: commands are decided. Starting: not yet, or not again. Failing: the stream died and is begun anew. Closed: for good. */
    public enum Status {
        STARTING,
        RUNNING,
        FAILING,
        CLOSED
    }
}
