package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.StoredPlan;
import dev.berth.scheduler.core.plan.OperationPlanner;
import dev.berth.scheduler.core.plan.OperationPlanner.Planned;
import dev.berth.scheduler.core.plan.PlanStanding;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.StateExcerpt;
import dev.berth.scheduler.query.Submitted;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.PlanOperation;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.model.OperationPlan;
import dev.berth.schemas.model.OperationPlan.Move;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.wire.MessageCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes plans, and asks for operations as they were planned.
 *
 * <p>A plan is made here, from the state as it is right after a command that asks whether the operation would be accepted: so it is exact at
 * that command's position, refused for the same reasons, and costs the writer nothing that grows with it. It is compared with the state
 * shard by shard here, too; the command that asks for the operation carries what the comparison was made with, and the state machine refuses
 * it if the state is another one by then. In that case it is compared again.
 */
public final class OperationPlans {
    private final Cell cell;
    private final Ledger ledger;
    private final WarmUpSizes sizes;
    private final int nodeOperations;

    /** @param nodeOperations how many operations on nodes may be open at a time */
    public OperationPlans(Cell cell, Ledger ledger, WarmUpSizes sizes, int nodeOperations) {
        this.cell = cell;
        this.ledger = ledger;
        this.sizes = sizes;
        this.nodeOperations = nodeOperations;
    }

    /** Answers with what the operation would do. */
    Answer dryRun(Call call, OperationRequest what) {
        StateExcerpt excerpt =
                cell.submitTaking(call.origin(), new PlanOperation(with(what, null)), state -> excerpt(state, what));
        ControllerView state = excerpt.view();
        Planned planned = OperationPlanner.plan(state, what);
        int shards = planned.moves().size() + planned.skipped().size();
        if (shards > Limits.PLAN_SHARDS_MAX) {
            throw ApiError.tooLarge("a plan of " + shards + " shards is too large, at most " + Limits.PLAN_SHARDS_MAX);
        }
        List<Move> moves = sizes.of(state, planned.moves());
        OperationPlan plan = new OperationPlan(
                PlanId.random(),
                what,
                excerpt.position(),
                excerpt.nowMs(),
                moves,
                planned.children(),
                planned.skipped(),
                PlanEstimates.of(what, moves, planned.children()));
        ledger.storePlan(plan.id(), MessageCodec.encode(plan));
        return PlanDocument.answer(plan);
    }

    private static StateExcerpt excerpt(ControllerView state, OperationRequest what) {
        return switch (what) {
            case DrainNode drain -> StateExcerpt.ofNode(state, drain.node());
            case FillNode fill -> StateExcerpt.ofNode(state, fill.node());
            case DeleteNode delete -> StateExcerpt.ofNode(state, delete.node());
            case MigrateShard migrate -> StateExcerpt.ofTenant(state, migrate.tenant());
            case SplitTenant split -> StateExcerpt.ofTenant(state, split.tenant());
        };
    }

    /** Asks for the operation, as it was planned if a plan is named. */
    Cell.Accepted submit(Call call, OperationRequest what, PlanQuery query) {
        return query.plan() == null ? cell.submit(call.origin(), with(what, null)) : apply(call, what, query.plan());
    }

    private Cell.Accepted apply(Call call, OperationRequest what, PlanId id) {
        OperationPlan plan = applicable(what, id);
        cell.catchUp();
        Cell.Origin origin = call.origin();
        for (int comparison = 0; comparison < Limits.PLAN_COMPARISONS_MAX; comparison++) {
            PlanStanding standing = PlanStanding.of(cell.state(), plan);
            if (standing.outdated() != null) {
                throw ApiError.conflict("plan " + id + " does not stand any more: " + standing.outdated());
            }
            if (!ledger.keepPlanForOperation(id)) {
                throw unknown(id);
            }
            Submitted submitted = cell.decide(origin, with(what, standing.ref()));
            if (!isOutdated(submitted)) {
                return Cell.accepted(submitted);
            }
            // Under an id of its own: the caller's has its outcome.
            origin = new Cell.Origin(origin.requestId(), null);
        }
        throw ApiError.conflict("plan " + id + " does not stand: what is intended for its shards keeps changing");
    }

    private static boolean isOutdated(Submitted submitted) {
        return submitted.outcome() instanceof Outcome.Rejected(var rejection)
                && rejection.reason() == RejectionReason.PLAN_OUTDATED;
    }

    private OperationPlan applicable(OperationRequest what, PlanId id) {
        StoredPlan stored = ledger.plan(id).orElseThrow(() -> unknown(id));
        OperationPlan plan = MessageCodec.decodePlan(stored.document());
        if (!plan.what().equals(what)) {
            throw ApiError.badRequest("plan " + id + " is for another operation, or one with other parameters");
        }
        if (stored.age().compareTo(Limits.PLAN_APPLICABLE) > 0) {
            throw ApiError.conflict("plan " + id + " is older than " + Limits.PLAN_APPLICABLE.toMinutes() + " minutes");
        }
        if (what instanceof DeleteNode && !plan.skipped().isEmpty()) {
            throw ApiError.conflict("plan " + id + " leaves " + plan.skipped().size()
                    + " shards on the node, which cannot be deleted with them; "
                    + plan.skipped().getFirst().shard() + ": "
                    + plan.skipped().getFirst().reason());
        }
        return plan;
    }

    /** The plan as it was made; what has become of it since is not its business. */
    OperationPlan find(PlanId id) {
        return MessageCodec.decodePlan(
                ledger.plan(id).orElseThrow(() -> unknown(id)).document());
    }

    private static ApiError unknown(PlanId id) {
        return ApiError.notFound("plan " + id + " not found");
    }

    private OperationRequest with(OperationRequest what, @Nullable PlanRef ref) {
        return switch (what) {
            case DrainNode drain -> new DrainNode(drain.node(), nodeOperations, ref);
            case FillNode fill -> new FillNode(fill.node(), nodeOperations, ref);
            case DeleteNode delete -> new DeleteNode(delete.node(), delete.removal(), nodeOperations, ref);
            case MigrateShard migrate -> new MigrateShard(migrate.shard(), migrate.order(), ref);
            case SplitTenant split -> new SplitTenant(split.tenant(), split.count(), split.stripeSize(), ref);
        };
    }
}
