package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.reply.RejectionReason;
import java.util.List;

/** Where a shard shall have its secondary instead of where it has any; those that the policy wants besides are placed anew (http-api 7.5). */
final class SecondaryDecider {
    private SecondaryDecider() {}

    static Decision decide(Draft draft, SetSecondary set, Tenant tenant) {
        NodeId node = set.node();
        if (draft.view().node(node) == null) {
            return Draft.rejected(RejectionReason.DESTINATION_UNKNOWN, "Node " + node + " not found");
        }
        Shard shard = tenant.shard(set.shard());
        if (shard == null) {
            return Draft.rejected(RejectionReason.SHARD_NOT_FOUND, "Tenant shard not found");
        }
        if (shard.operation() != null) {
            return Draft.rejected(
                    RejectionReason.OPERATION_IN_PROGRESS, "Shard is in the hands of operation " + shard.operation());
        }
        if (tenant.policy().isAttached() && tenant.policy().secondaries() == 0) {
            return Draft.rejected(RejectionReason.INVALID, "Tenant has policy Attached(0), without secondaries");
        }
        if (tenant.policy().equals(PlacementPolicy.DETACHED)) {
            return Draft.rejected(RejectionReason.TENANT_DETACHED, "Tenant is detached");
        }
        if (!node.equals(shard.attached()) && !shard.secondaries().equals(List.of(node))) {
            draft.place(
                    set.shard(),
                    shard.attached(),
                    List.of(node),
                    PlacementCause.MIGRATION,
                    List.of(PlacementChoice.ordered(PlacementChoice.Role.SECONDARY, node)));
            ShardScheduler.schedule(draft, set.shard(), PlacementCause.MIGRATION);
            draft.settle(set.shard(), Priority.URGENT);
        }
        return draft.done();
    }
}
