package dev.berth.workflows.port;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationSteering;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The operations that the state machine has accepted and not ended. */
public interface OpenOperations {
    /**
     * One of them.
     *
     * @param begun whether a run has it
     * @param preempted whether its shard was failed over meanwhile, so that it only waits to be ended
     * @param idle time without a sign of life
     * @param node whose operation it is; null for one of a tenant
     * @param untold what was asked of it and its run does not know of yet; null when there is nothing
     */
    record OpenOperation(
            OperationId id,
            OperationKind kind,
            @Nullable TenantId tenant,
            @Nullable TenantShardId shard,
            @Nullable NodeId origin,
            @Nullable NodeId destination,
            boolean begun,
            boolean preempted,
            Duration idle,
            @Nullable NodeId node,
            @Nullable OperationSteering untold) {}

    List<OpenOperation> open();

    /** Calls with each newly accepted one, and with each that is newly asked for something, on a thread that must not be held up. */
    AutoCloseable onNews(Consumer<OpenOperation> accepted, Consumer<OpenOperation> steered);
}
