package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a node answers. WarmingUp: it re-attached and has not been heard since; nothing is sent to it and nothing is moved away. */
public enum NodeAvailability {
    @JsonProperty("Active")
    ACTIVE,
    @JsonProperty("WarmingUp")
    WARMING_UP,
    @JsonProperty("Offline")
    OFFLINE
}
