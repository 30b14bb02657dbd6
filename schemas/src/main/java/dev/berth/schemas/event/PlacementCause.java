package dev.berth.schemas.event;

/** Why a shard was placed where it is. */
public enum PlacementCause {
    CREATED,
    POLICY_CHANGED,
    NODE_OFFLINE,
    CAPACITY_APPEARED,
    MIGRATION,
    DELETION,
    NODE_OPERATION,
    SPLIT,
    OPTIMISATION
}
