package dev.berth.schemas.event;

/** Why a shard was placed where it is. */
public enum PlacementCause {
    CREATED,
    POLICY_CHANGED,
    NODE_OFFLINE,
    CAPACITY_APPEARED,
    MIGRATION,
    DELETION,
    /** What an operation on a node has left behind. */
    NODE_OPERATION,
    SPLIT,
    NODE_DRAIN,
    NODE_FILL,
    NODE_DELETION,
    /** A node is forgotten; what was there is placed anew as soon as all of it is. */
    NODE_DROPPED,
    OPTIMISATION
}
