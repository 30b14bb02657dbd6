package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * A long operation holds its lock and waits for its workflow.
 *
 * @param tenant whose operation it is; null for one of a node
 * @param shard that it is about; null for one of a whole tenant or of a node
 * @param node whose operation it is; null for one of a tenant
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationAccepted(
        OperationId operation,
        OperationKind kind,
        @Nullable TenantId tenant,
        @Nullable TenantShardId shard,
        @Nullable MigrationOrder order,
        long atMs,
        @Nullable NodeId node)
        implements OperationEvent {}
