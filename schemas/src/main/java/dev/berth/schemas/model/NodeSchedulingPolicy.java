package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an operator or an operation wants of a node. */
public enum NodeSchedulingPolicy {
    @JsonProperty("Active")
    ACTIVE,
    @JsonProperty("Filling")
    FILLING,
    @JsonProperty("Pause")
    PAUSE,
    @JsonProperty("PauseForRestart")
    PAUSE_FOR_RESTART,
    @JsonProperty("Draining")
    DRAINING,
    @JsonProperty("Deleting")
    DELETING;

    /** Whether new locations may be placed on the node, when it is also available. */
    public boolean allowsPlacement() {
        return this == ACTIVE || this == FILLING;
    }

    /** What re-attaching leaves of the policy: an operation on the node ends with its restart. */
    public NodeSchedulingPolicy afterReattach() {
        return switch (this) {
            case ACTIVE, FILLING, PAUSE_FOR_RESTART, DRAINING -> ACTIVE;
            case PAUSE, DELETING -> PAUSE;
        };
    }
}
