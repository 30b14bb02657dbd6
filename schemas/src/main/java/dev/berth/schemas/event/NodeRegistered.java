package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;

/** A node exists, or its HTTPS or gRPC port changed. Policy and availability of a known node stay. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeRegistered(NodeRegistration registration) implements NodeEvent {
    @Override
    @JsonIgnore
    public NodeId node() {
        return registration.id();
    }
}
