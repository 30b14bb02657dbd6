package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;

/** Replaces all secondaries of a shard by one on this node (http-api 7.5). */
public record SetSecondary(TenantShardId shard, NodeId node) implements TenantCommand {
    @Override
    @JsonIgnore
    public TenantId tenant() {
        return shard.tenant();
    }
}
