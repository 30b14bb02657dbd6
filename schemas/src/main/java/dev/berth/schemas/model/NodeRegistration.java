package dev.berth.schemas.model;

import dev.berth.schemas.id.NodeId;
import org.jspecify.annotations.Nullable;

/** What a pageserver says of itself when it registers: its id, where it listens, its availability zone. */
public record NodeRegistration(
        NodeId id,
        String listenPgAddr,
        int listenPgPort,
        String listenHttpAddr,
        int listenHttpPort,
        @Nullable Integer listenHttpsPort,
        @Nullable String listenGrpcAddr,
        @Nullable Integer listenGrpcPort,
        String availabilityZone) {

    /** Whether the fields that are fixed for a node's life are the same. */
    public boolean sameIdentity(NodeRegistration other) {
        return id.equals(other.id)
                && listenPgAddr.equals(other.listenPgAddr)
                && listenPgPort == other.listenPgPort
                && listenHttpAddr.equals(other.listenHttpAddr)
                && listenHttpPort == other.listenHttpPort
                && availabilityZone.equals(other.availabilityZone);
    }

    /** {@code <id> (<listen_http_addr>)}: how errors name a node. */
    public String display() {
        return id + " (" + listenHttpAddr + ")";
    }
}
