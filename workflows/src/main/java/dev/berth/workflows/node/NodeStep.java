package dev.berth.workflows.node;

/** The steps in the order in which they are taken. */
enum NodeStep {
    BEGIN,
    /** A deletion looks for shards that cannot be moved before it moves any. */
    SURVEY,
    MOVE,
    /** What was not warm, or had something else under way, is tried again. */
    REVISIT,
    /** From here there is no way back: the node is refused when it re-attaches. */
    WRITE_TOMBSTONE,
    COMPLETE
}
