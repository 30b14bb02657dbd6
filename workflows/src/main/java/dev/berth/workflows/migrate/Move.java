package dev.berth.workflows.migrate;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.workflows.common.OperationRun;

/**
 * What every step of a migration refers to.
 *
 * @param sequence under which the run acts
 */
public record Move(
        OperationRun run, TenantShardId shard, long incarnation, NodeId origin, NodeId destination, long sequence) {}
