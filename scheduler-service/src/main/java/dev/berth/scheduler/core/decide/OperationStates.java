package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the run of an operation is told with each of its steps: the operation, and all that it needs to know of its tenant, shard or node. */
final class OperationStates {
    private OperationStates() {}

    static Reply of(Draft draft, Operation operation) {
        return of(draft, operation, null, null);
    }

    /** With locations known before the operation made them unknown. */
    static Reply of(
            Draft draft,
            Operation operation,
            @Nullable ObservedLocation origin,
            @Nullable ObservedLocation destination) {
        Operation now = Objects.requireNonNull(draft.view().operation(operation.id()));
        Tenant tenant = now.tenant() == null ? null : draft.view().tenant(now.tenant());
        Shard shard = now.shard() == null ? null : draft.shard(now.shard());
        MigrationOrder order = now.order();
        NodeId originNode = order == null ? null : order.origin();
        return new Reply.OperationState(
                now.id(),
                now.kind(),
                now.stage(),
                now.tenant(),
                tenant == null ? 0 : tenant.incarnation(),
                tenant == null ? null : tenant.count(),
                tenant == null ? 0 : tenant.stripeSize(),
                tenant == null ? TenantConfig.EMPTY : tenant.config(),
                tenant != null && shard != null && tenant.wantsHeatmaps(shard),
                now.shard(),
                order,
                shard == null ? 0 : shard.sequence(),
                shard == null ? null : shard.generation(),
                origin,
                originNode != null && ShardScheduler.isAvailable(draft, originNode),
                destination,
                tenant != null && tenant.policy().secondaries() > 0,
                endpoints(draft),
                tenant == null ? 0 : awaitedMapping(tenant, shard),
                now.node(),
                now.steering(),
                now.nodeOrder(),
                now.split(),
                now.timeTravel());
    }

    /** The mapping that says where the shard is; the next one where it cannot be told yet, since another shard is nowhere. */
    private static long awaitedMapping(Tenant tenant, @Nullable Shard shard) {
        NodeId attached = shard == null ? null : shard.attached();
        if (shard == null || attached == null || tenant.mappingNumber() == 0) {
            return tenant.mappingNumber();
        }
        boolean says =
                !tenant.mapping().isEmpty() && attached.equals(tenant.mapping().get(shard.number()));
        return says ? tenant.mappingNumber() : tenant.mappingNumber() + 1;
    }

    private static List<Endpoint> endpoints(Draft draft) {
        return draft.view().nodes().values().stream()
                .filter(Node::isAvailable)
                .map(node -> new Endpoint(
                        node.id(),
                        node.registration().listenHttpAddr(),
                        node.registration().listenHttpPort()))
                .toList();
    }
}
