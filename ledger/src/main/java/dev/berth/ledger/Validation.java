package dev.berth.ledger;

import dev.berth.schemas.id.TenantShardId;

/** Whether the generation asked about is the newest issued one of the shard. */
public record Validation(TenantShardId shard, boolean valid) {}
