package dev.berth.workflows.timetravel;

import dev.berth.schemas.id.TenantShardId;
import dev.berth.workflows.common.OperationRun;

/** One shard, and to what it is brought back; times as they were given. */
public record ShardTravel(OperationRun run, TenantShardId shard, String travelTo, String doneIfAfter) {}
