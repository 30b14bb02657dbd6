package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.berth.schemas.id.NodeId;

/** One location that goes from one node to another: first a copy is made there, then it takes over. */
public record Transfer(Role role, NodeId from, NodeId to, MoveReason reason) {
    /** What moves. */
    public enum Role {
        @JsonProperty("attached")
        ATTACHED,
        @JsonProperty("secondary")
        SECONDARY
    }
}
