package dev.berth.schemas.model;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;

/**
 * A shard that has come out of a split, as the ledger has it.
 *
 * @param generation the newest issued
 * @param location on the node that it was issued to; unknown where nobody has looked
 */
public record SplitChild(TenantShardId shard, Generation generation, ObservedLocation location) {}
