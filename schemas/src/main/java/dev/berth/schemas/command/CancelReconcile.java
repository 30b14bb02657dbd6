package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;

/** Ends the work on a shard that is in flight; what it lacks then is tried again later (http-api 7.6). */
public record CancelReconcile(TenantShardId shard) implements TenantCommand {
    @Override
    @JsonIgnore
    public TenantId tenant() {
        return shard.tenant();
    }
}
