package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationKind;
import org.jspecify.annotations.Nullable;

/** A long operation holds its lock and waits for its workflow. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationAccepted(
        OperationId operation,
        OperationKind kind,
        TenantId tenant,
        @Nullable TenantShardId shard,
        @Nullable MigrationOrder order,
        long atMs)
        implements OperationEvent {}
