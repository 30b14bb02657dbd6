package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Cell;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.ControllerView.ShardTotals;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CellCommand;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.Continue;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.PlanOperation;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.event.CellCreated;
import dev.berth.schemas.event.ListingPurpose;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.TenantHomeZoneChanged;
import dev.berth.schemas.event.WorkDeferred;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The cell as a whole: its beginning, time passing, wide work going on, and whether it is quiet (P15, P18, P24). */
final class CellDecider {
    private CellDecider() {}

    static Decision decide(Draft draft, CellCommand command) {
        return switch (command) {
            case CreateCell create -> create(draft, create);
            case Tick tick -> tick(draft);
            case Continue more -> {
                Sweeps.resume(draft, more.sweep());
                yield draft.done();
            }
            case PlanOperation plan -> PlanDecider.plan(draft, plan);
            case ReportShardSizes report -> AutomaticSplitDecider.report(draft, report);
            case ConfigureOptimiser configure -> OptimiserDecider.configure(draft, configure);
            case RequestQuiescence request -> quiescence(draft);
            case SetHomeZones set -> setHomeZones(draft, set);
        };
    }

    private static Decision create(Draft draft, CreateCell create) {
        Cell cell = draft.view().cell();
        if (cell.incarnation() != 0) {
            return Draft.rejected(
                    RejectionReason.CELL_EXISTS, "cell " + cell.name() + " has incarnation " + cell.incarnation());
        }
        draft.add(new CellCreated(create.cell(), create.incarnation()));
        return draft.done();
    }

    private static Decision setHomeZones(Draft draft, SetHomeZones set) {
        List<TenantShardId> updated = new ArrayList<>();
        for (SetHomeZones.HomeZone each : set.zones()) {
            TenantShardId id = each.shard();
            if (draft.view().tenant(id.tenant()) == null) {
                continue;
            }
            Tenant tenant = draft.tenant(id.tenant());
            if (tenant.shard(id) != null && !tenant.isDeleting() && tenant.frozen() == null) {
                updated.add(id);
                if (!Objects.equals(tenant.preferredAz(), each.zone())) {
                    draft.add(new TenantHomeZoneChanged(tenant.id(), each.zone()));
                }
            }
        }
        return draft.accepted(new Reply.HomeZonesSet(updated));
    }

    private static Decision tick(Draft draft) {
        for (Node node : draft.view().nodes().values()) {
            if (node.listing() != 0 && node.listingDeadlineMs() <= draft.now()) {
                draft.add(new NodeListingEnded(node.id(), node.listing(), "no answer within the time for a listing"));
            } else if (isAuditDue(node, draft.now())) {
                long digest = draft.view().digestOf(node.id());
                NodeDecider.requestListing(draft, node.id(), ListingPurpose.AUDIT, digest == 0 ? 1 : digest);
            }
        }
        if (draft.view().due().next() <= draft.now()) {
            Sweeps.begin(draft, new Sweep.DueWork(null));
        }
        OptimiserDecider.tick(draft);
        return draft.done();
    }

    private static boolean isAuditDue(Node node, long nowMs) {
        return node.isAvailable() && node.listing() == 0 && node.auditedAtMs() + Limits.AUDIT_EVERY_MS <= nowMs;
    }

    /** State time at which a tick has something to do; {@link Long#MAX_VALUE} for never. */
    static long nextTickAt(ControllerView view) {
        long next = Math.min(view.due().next(), OptimiserDecider.dueAt(view));
        for (Node node : view.nodes().values()) {
            if (node.listing() != 0) {
                next = Math.min(next, node.listingDeadlineMs());
            } else if (node.isAvailable()) {
                next = Math.min(next, node.auditedAtMs() + Limits.AUDIT_EVERY_MS);
            }
        }
        return next;
    }

    /** Everything not as it should be is in flight, due later, unscheduled, unacknowledged, or under an operation or sweep. */
    private static Decision quiescence(Draft draft) {
        ControllerView base = draft.view();
        ShardTotals totals = base.totals();
        int waiting = base.due().size() - totals.inFlight();
        int outstanding = totals.inFlight()
                + Math.max(waiting, 0)
                + base.unscheduled().size()
                + base.unacknowledged().size()
                + base.operations().size()
                + base.cell().openSweeps()
                + activations(base);
        if (waiting > 0) {
            hurry(draft);
        }
        outstanding += outstanding == base.unscheduled().size()
                ? optimise(draft)
                : base.optimiser().moving().size();
        return draft.accepted(new Reply.Quiescence(outstanding));
    }

    /** When nothing else is to be done, what is misplaced is looked at now; returns how many moves are under way. */
    private static int optimise(Draft draft) {
        boolean isOn = draft.view().cell().optimiser().settings().mode() == OptimiserMode.ON;
        return isOn
                ? OptimiserDecider.lookNow(draft)
                : draft.view().optimiser().moving().size();
    }

    private static int activations(ControllerView view) {
        int pending = 0;
        for (Node node : view.nodes().values()) {
            if (node.listing() != 0 && node.listingPurpose() == ListingPurpose.ACTIVATION) {
                pending++;
            }
        }
        return pending;
    }

    /** What waits for a retry is tried now; what waits for an old request to settle goes on waiting. */
    private static void hurry(Draft draft) {
        for (TenantShardId id : draft.view().due().dueBy(Long.MAX_VALUE - 1, Limits.SHARDS_PER_COMMAND)) {
            Shard shard = draft.shard(id);
            if (!shard.hasWorkInFlight() && shard.retryAtMs() > draft.now()) {
                draft.add(new WorkDeferred(id, 0));
                draft.settle(id, Priority.URGENT);
            }
        }
    }
}
