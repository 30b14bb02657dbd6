package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why the optimiser moves a location. */
public enum MoveReason {
    /** Attached locations belong into the home zone, secondaries outside it. */
    @JsonProperty("zone")
    ZONE,
    /** Fewer locations of its tenant are there. */
    @JsonProperty("affinity")
    AFFINITY,
    /** Its node holds more than others do. */
    @JsonProperty("load")
    LOAD,
    /** Its node has been offline for too long. */
    @JsonProperty("lost_node")
    LOST_NODE
}
