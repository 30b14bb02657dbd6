package dev.berth.schemas.model;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;

/** A secondary that has downloaded enough to be attached (behaviour 10.2). */
public record WarmCopy(TenantShardId shard, NodeId node) {}
