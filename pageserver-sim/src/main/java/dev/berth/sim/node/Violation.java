package dev.berth.sim.node;

/** Something that must never happen, as one node saw it. */
public record Violation(long atMillis, long node, Kind kind, String text) {
    /** What was broken. */
    public enum Kind {
        /** A generation was used by two attachments. */
        GENERATION_ATTACHED_TWICE,
        /** An index was written over one of the same name by another attachment. */
        INDEX_OVERWRITTEN,
        /** An object was deleted that a newer generation needs. */
        HARMFUL_DELETION,
        /** The controller called a generation valid although a newer one had been attached before it was asked. */
        STALE_GENERATION_VALIDATED
    }
}
