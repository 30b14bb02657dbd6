package dev.berth.schemas.model;

/** How a node is deleted. */
public enum NodeRemoval {
    /** Replacements are warmed up first, and the node has given everything away before it goes. */
    GRACEFUL,
    /** Everything is placed elsewhere at once; what becomes of it there is not waited for. */
    FORCE,
    /** The older request: like {@link #FORCE}, whatever the node's policy. */
    AT_ONCE
}
