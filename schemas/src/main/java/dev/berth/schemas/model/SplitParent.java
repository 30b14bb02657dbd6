package dev.berth.schemas.model;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;

/**
 * A shard that a split has to itself.
 *
 * @param node where it is attached
 * @param sequence under which the split acts on it
 */
public record SplitParent(TenantShardId shard, NodeId node, long sequence) {}
