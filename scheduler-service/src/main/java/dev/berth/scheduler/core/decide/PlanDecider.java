package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.plan.PlanStanding;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.PlanOperation;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plans of operations. The state machine says whether an operation would be accepted, and whether a plan still belongs to the state; both cost
 * it nothing that grows with the plan (P15). The plan itself is made, and compared shard by shard, where views of the state are.
 */
final class PlanDecider {
    private PlanDecider() {}

    /** Decides what would be asked for, and drops everything but the refusal. */
    static Decision plan(Draft draft, PlanOperation plan) {
        Decision decision = switch (plan.what()) {
            case DrainNode drain -> NodeDecider.decide(draft, drain);
            case FillNode fill -> NodeDecider.decide(draft, fill);
            case DeleteNode delete -> NodeDecider.decide(draft, delete);
            case MigrateShard migrate -> TenantDecider.decide(draft, migrate);
            case SplitTenant split -> TenantDecider.decide(draft, split);
        };
        return switch (decision) {
            case Decision.Rejected rejected -> rejected;
            case Decision.Accepted accepted -> new Decision.Accepted(List.of(), new Reply.Done(), List.of());
        };
    }

    /** Why the plan that a command names cannot be carried out any more; null when it can, or there is none. */
    static @Nullable Decision outdated(Draft draft, OperationRequest command, @Nullable PlanRef plan) {
        String difference = plan == null ? null : PlanStanding.difference(draft.view(), command, plan);
        return plan == null || difference == null
                ? null
                : Draft.rejected(
                        RejectionReason.PLAN_OUTDATED, "plan " + plan.id() + " does not stand any more: " + difference);
    }
}
