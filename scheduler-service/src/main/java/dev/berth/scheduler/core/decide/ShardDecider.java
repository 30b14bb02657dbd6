package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.plan.ReconcilePlanner;
import dev.berth.scheduler.core.plan.ShardPlan;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.NotifyFailure;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.RenewLeases;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.command.ShardCommand;
import dev.berth.schemas.event.LeaseExtended;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.MappingAcknowledged;
import dev.berth.schemas.event.MappingDeferred;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What workers and notifiers report (P1, P2, P8, P21). */
final class ShardDecider {
    private ShardDecider() {}

    static Decision decide(Draft draft, ShardCommand command) {
        return switch (command) {
            case RenewLeases renew -> renew(draft, renew);
            case ReportShards report -> {
                report.reports().forEach(one -> report(draft, one));
                yield draft.done();
            }
            case ReportWarmCopies report -> OptimiserDecider.warm(draft, report);
            case ReportMappings report -> {
                report.reports().forEach(one -> mapping(draft, one));
                yield draft.done();
            }
        };
    }

    private static @Nullable Shard find(Draft draft, TenantShardId id) {
        Tenant tenant = draft.view().tenant(id.tenant());
        return tenant == null ? null : tenant.shard(id);
    }

    private static Decision renew(Draft draft, RenewLeases renew) {
        List<WorkRef> lost = new ArrayList<>();
        for (WorkRef work : renew.work()) {
            Shard shard = find(draft, work.shard());
            if (shard != null && shard.hasWorkInFlight() && shard.sequence() == work.sequence()) {
                draft.add(new LeaseExtended(work.shard(), work.sequence(), draft.now() + Limits.LEASE_MS));
            } else {
                lost.add(work);
            }
        }
        return draft.accepted(lost.isEmpty() ? new Reply.Done() : new Reply.LeasesLost(lost));
    }

    private static void report(Draft draft, ShardReport report) {
        TenantShardId id = report.shard();
        Shard shard = find(draft, id);
        if (shard == null) {
            return;
        }
        observe(draft, shard, report);
        draft.announce(id.tenant());
        if (report.finished() && shard.hasWorkInFlight() && report.sequence() == shard.sequence()) {
            finish(draft, report);
        }
        draft.settle(id, Priority.NORMAL);
    }

    /** Facts of an older sequence, or from before a node's restart, or about a node that is gone, only say that nothing is certain. */
    private static void observe(Draft draft, Shard shard, ShardReport report) {
        boolean current = report.sequence() == shard.sequence();
        List<ObservedLocation> present = new ArrayList<>(report.present().size());
        List<NodeId> absent = new ArrayList<>(report.absent().size());
        for (ObservedLocation fact : report.present()) {
            if (draft.view().node(fact.node()) != null) {
                boolean counts = current && counts(draft, report.sequence(), fact.node());
                present.add(counts ? settling(draft, shard, fact) : doubted(shard, fact.node(), fact.settlesAtMs()));
            }
        }
        for (NodeId node : report.absent()) {
            if (current && counts(draft, report.sequence(), node) && isSettled(draft, shard, node)) {
                absent.add(node);
            } else if (shard.observedOn(node) != null) {
                present.add(doubted(shard, node));
            }
        }
        boolean newer = report.generation() != null
                && (shard.generation() == null || report.generation().compareTo(shard.generation()) > 0);
        present.removeIf(fact -> fact.equals(shard.observedOn(fact.node())));
        absent.removeIf(node -> shard.observedOn(node) == null);
        if (newer || !present.isEmpty() || !absent.isEmpty()) {
            draft.add(new LocationsObserved(report.shard(), present, absent, report.generation()));
        }
    }

    /** A fact about a location that an older request may still change keeps saying until when (P3). */
    static ObservedLocation settling(Draft draft, Shard shard, ObservedLocation fact) {
        ObservedLocation before = shard.observedOn(fact.node());
        long settlesAt = before == null ? 0 : before.settlesAtMs();
        return settlesAt <= draft.now() || settlesAt <= fact.settlesAtMs()
                ? fact
                : new ObservedLocation(fact.node(), fact.mode(), fact.generation(), fact.confHash(), settlesAt);
    }

    /** Whether no older request may still change the location. */
    static boolean isSettled(Draft draft, Shard shard, NodeId node) {
        ObservedLocation before = shard.observedOn(node);
        return before == null || before.settlesAtMs() <= draft.now();
    }

    /** Whether what work of this sequence says of a node is about the process that runs there now (P8). */
    static boolean counts(Draft draft, long sequence, NodeId id) {
        Node node = draft.view().node(id);
        return node != null && node.availability() != NodeAvailability.OFFLINE && sequence > node.reattachPosition();
    }

    static ObservedLocation doubted(Shard shard, NodeId node) {
        return doubted(shard, node, 0);
    }

    /** Doubt lasts until every request heard of is over, whoever tells of it. */
    static ObservedLocation doubted(Shard shard, NodeId node, long settlesAtMs) {
        ObservedLocation before = shard.observedOn(node);
        return ObservedLocation.unknown(node, Math.max(settlesAtMs, before == null ? 0 : before.settlesAtMs()));
    }

    /** Ends the work; another round follows at once only while that has a chance to help. */
    private static void finish(Draft draft, ShardReport report) {
        TenantShardId id = report.shard();
        Tenant tenant = draft.tenant(id.tenant());
        Shard shard = draft.shard(id);
        WorkError error = report.error();
        int attempts = shard.attempts() + 1;
        if (error == null) {
            Shard idle = shard.withWorkEnded(null, 0, 0);
            boolean more = ReconcilePlanner.plan(draft.view(), tenant, idle, draft.now()) instanceof ShardPlan.Work;
            long retryAt = more && attempts >= Limits.ROUNDS_AT_ONCE ? draft.now() + Limits.retryPauseMs(attempts) : 0;
            draft.add(new WorkEnded(id, report.sequence(), null, retryAt, more ? attempts : 0));
            return;
        }
        long retryAt = switch (error.kind()) {
            case SUPERSEDED, REPEATED ->
                attempts < Limits.ROUNDS_AT_ONCE ? 0 : draft.now() + Limits.retryPauseMs(attempts);
            case RETRYABLE, REFUSED, TENANT_GONE -> draft.now() + Limits.retryPauseMs(attempts);
        };
        draft.add(new WorkEnded(id, report.sequence(), error.text(), retryAt, attempts));
    }

    private static void mapping(Draft draft, MappingReport report) {
        Tenant tenant = draft.view().tenant(report.tenant());
        if (tenant == null
                || tenant.incarnation() != report.incarnation()
                || tenant.mappingNumber() != report.number()) {
            return;
        }
        if (report.result() == MappingReport.Result.ACKNOWLEDGED) {
            if (!tenant.isMappingAcknowledged()) {
                draft.add(new MappingAcknowledged(tenant.id(), report.number()));
                draft.settleAll(tenant.id(), Priority.NORMAL);
            }
            return;
        }
        boolean forgets = report.result() == MappingReport.Result.FAILED && tenant.acknowledgedMapping() != 0;
        NotifyFailure known = tenant.notifyError();
        boolean isSame = known == null ? report.detail() == null : known.text().equals(report.detail());
        boolean hasGrown = known != null && report.attempts() >= 2 * known.attempts() && report.attempts() > 0;
        if (forgets || !isSame || hasGrown) {
            draft.add(new MappingDeferred(
                    tenant.id(),
                    report.number(),
                    report.result(),
                    report.detail(),
                    report.attempts(),
                    known == null || known.sinceMs() == 0 ? draft.now() : known.sinceMs(),
                    draft.now(),
                    report.pauseMs()));
        }
    }
}
