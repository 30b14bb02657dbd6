package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;

/** Moves a shard to a node, live: starts the operation that does it. */
public record MigrateShard(TenantShardId shard, MigrationOrder order) implements TenantCommand {
    @Override
    @JsonIgnore
    public TenantId tenant() {
        return shard.tenant();
    }
}
