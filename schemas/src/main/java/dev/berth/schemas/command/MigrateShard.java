package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.PlanRef;
import org.jspecify.annotations.Nullable;

/**
 * Moves a shard to a node, live: starts the operation that does it.
 *
 * @param plan to be carried out; null when there is none
 */
public record MigrateShard(
        TenantShardId shard, MigrationOrder order, @Nullable PlanRef plan) implements TenantCommand, OperationRequest {
    public MigrateShard(TenantShardId shard, MigrationOrder order) {
        this(shard, order, null);
    }

    @Override
    @JsonIgnore
    public TenantId tenant() {
        return shard.tenant();
    }
}
