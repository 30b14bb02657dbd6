package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far the controller may act on a shard: everything, only what placement needs, no placement, nothing. Rules: behaviour 2.2. */
public enum ShardSchedulingPolicy {
    @JsonProperty("Active")
    ACTIVE,
    @JsonProperty("Essential")
    ESSENTIAL,
    @JsonProperty("Pause")
    PAUSE,
    @JsonProperty("Stop")
    STOP;

    /** Whether placement may change: a paused or stopped shard keeps its intent, through a node outage too. */
    public boolean allowsPlacement() {
        return this == ACTIVE || this == ESSENTIAL;
    }
}
