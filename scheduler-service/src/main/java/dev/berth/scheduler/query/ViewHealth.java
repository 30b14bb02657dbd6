package dev.berth.scheduler.query;

/**
 * How far a view can be trusted.
 *
 * @param behind records of the event topic not yet folded, as far as known
 * @param unheardMs how long the brokers have not answered
 * @param detail why it is not live; empty when it is
 */
public record ViewHealth(Status status, long position, long behind, long unheardMs, String detail) {
    /** What a view is doing. */
    public enum Status {
        /** Reading the state for the first time; answers nothing yet. */
        STARTING,
        /** Follows the events. */
        LIVE,
        /** Answers from what it has, but does not hear from the brokers or is far behind. */
        STALE,
        /** Could not fold an event: answers from before it while it reads the state anew. */
        REBUILDING
    }
}
