package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.decide.Limits;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.RenewLeases;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Transfer;
import dev.berth.schemas.model.WarmCopy;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.NodeListingTask;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.StrayLocationsTask;
import dev.berth.schemas.task.WorkBatch;
import dev.berth.schemas.task.WorkBatch.ShardTask;
import dev.berth.schemas.task.WorkBatch.TenantWork;
import dev.berth.schemas.task.WorkError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Workers, lister and notifier by their rules. A crash forgets everything in progress; requests already under way still
 * arrive. Nothing is sent for work later than its lease less the request timeout (P2).
 */
final class ModelWorker {
    private static final long REQUEST_TIMEOUT_MS = 5_000;
    private static final long RENEW_EVERY_MS = 3_000;
    private static final long HOOK_TIMEOUT_MS = 10_000;
    private final History history;
    private final TreeMap<TenantId, ComputeMapping> newest = new TreeMap<>();
    private final Set<TenantId> telling = new HashSet<>();
    private int life;
    private int notifierLife;
    private boolean handingOver;
    private long hookDownUntilMs;

    ModelWorker(History history) {
        this.history = history;
    }

    void crash() {
        life++;
    }

    /** Runs later if the worker has not died meanwhile. */
    private void later(long delayMs, Runnable action) {
        int born = life;
        history.later(delayMs, () -> {
            if (born == life) {
                action.run();
            }
        });
    }

    void take(PlannedWork work) {
        for (PlannedWork.Routed routed : work.work()) {
            if (history.chance(4)) {
                continue; // taken by a worker that died at once
            }
            switch (routed.item()) {
                case WorkBatch batch -> {
                    boolean twice = history.chance(3); // read a second time after a rebalance
                    take(batch, twice);
                    if (twice) {
                        take(batch, true);
                    }
                }
                case NodeListingTask listing -> later(delay(), () -> list(listing));
                case StrayLocationsTask strays -> later(delay(), () -> removeStrays(strays));
            }
        }
        work.mappings().forEach(this::offer);
    }

    /** Copies that moves wait for are warm now and then, always in peace; a location that has changed since is what its report is about. */
    void askForWarmth() {
        List<WarmCopy> warm = new ArrayList<>();
        for (TenantShardId id : history.cell.state().optimiser().moving()) {
            Tenant tenant = history.cell.state().tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            Transfer move = shard == null ? null : shard.transfer();
            ModelPageserver pageserver = move == null ? null : history.pageservers.get(move.to());
            ModelPageserver.Location copy = pageserver == null ? null : pageserver.locations.get(id);
            if (move != null
                    && copy != null
                    && pageserver.answers()
                    && copy.mode() == LocationMode.SECONDARY
                    && !history.chance(30)) {
                warm.add(new WarmCopy(id, move.to()));
            }
        }
        if (!warm.isEmpty()) {
            history.send(new ReportWarmCopies(warm));
        }
        history.later(500, this::askForWarmth);
    }

    private long delay() {
        return history.chance(5) ? history.random.nextInt(15_000) : 1 + history.random.nextInt(20);
    }

    private void take(WorkBatch batch, boolean twice) {
        for (TenantWork tenant : batch.tenants()) {
            for (ShardTask task : tenant.shards()) {
                later(delay(), () -> new Run(batch, tenant, task, twice).begin());
            }
        }
    }

    /** One piece of work: bump or release, attach, then the other locations, then the final report. */
    private final class Run {
        private final TenantWork tenant;
        private final ShardTask task;
        private final boolean twice;
        private long lastSendMs;
        private boolean over;
        private @Nullable Generation generation;
        private @Nullable WorkError error;

        Run(WorkBatch batch, TenantWork tenant, ShardTask task, boolean twice) {
            this.twice = twice;
            this.tenant = tenant;
            this.task = task;
            this.lastSendMs = batch.leaseUntilMs() - REQUEST_TIMEOUT_MS;
        }

        void begin() {
            if (history.now() > lastSendMs) {
                return;
            }
            later(RENEW_EVERY_MS, this::renew);
            List<WorkStep> rest = new ArrayList<>(task.steps());
            WorkStep attach = rest.getFirst().action() == WorkStep.Action.ATTACH ? rest.removeFirst() : null;
            WorkStep freeze = attach == null ? null : removeFreeze(rest);
            if (freeze != null && attach != null) {
                freeze(freeze, () -> attach(attach, rest));
                return;
            }
            if (attach != null) {
                attach(attach, rest);
                return;
            }
            if (history.ledger.ensure(task.shard(), tenant.incarnation(), tenant.initialGeneration()) == null) {
                finish(WorkError.Kind.TENANT_GONE);
            } else if (task.release() && !history.ledger.release(task.shard(), tenant.incarnation(), task.sequence())) {
                finish(WorkError.Kind.SUPERSEDED);
            } else {
                others(rest);
            }
        }

        private static @Nullable WorkStep removeFreeze(List<WorkStep> steps) {
            for (WorkStep step : steps) {
                if (step.action() == WorkStep.Action.FREEZE) {
                    steps.remove(step);
                    return step;
                }
            }
            return null;
        }

        /** An origin that does not answer is not waited for; a request of it may arrive late. */
        private void freeze(WorkStep step, Runnable next) {
            NodeId node = step.node();
            ModelPageserver pageserver = history.pageservers.get(node);
            Generation held = java.util.Objects.requireNonNull(step.known()).generation();
            ModelLedger.Row row = history.ledger.rows.get(task.shard());
            boolean owns = row != null && node.equals(row.node) && held != null && row.generation == held.value();
            if (!owns || !pageserver.answers()) {
                next.run();
                return;
            }
            boolean lost = history.chance(4);
            boolean late = history.chance(3);
            long arrives = late ? 1 + history.random.nextInt((int) REQUEST_TIMEOUT_MS) : 1 + history.random.nextInt(4);
            long deadline = history.now() + REQUEST_TIMEOUT_MS;
            history.later(arrives, () -> {
                if (pageserver.running) {
                    if (!twice) {
                        history.auditor.checkUncertain(
                                task.shard(), tenant.incarnation(), node, null, "freezing of " + task);
                    }
                    pageserver.put(task.shard(), LocationMode.ATTACHED_STALE, held, 0);
                }
            });
            later(lost || late ? REQUEST_TIMEOUT_MS : arrives + 1, () -> {
                ModelPageserver.Location now = pageserver.locations.get(task.shard());
                boolean answered = !lost && !late && pageserver.answers() && now != null;
                report(
                        List.of(
                                answered
                                        ? observed(node, now)
                                        : ObservedLocation.unknown(node, lost || late ? deadline : 0)),
                        List.of(),
                        false);
                if (history.now() > lastSendMs) {
                    over = true;
                } else {
                    next.run();
                }
            });
        }

        private void renew() {
            if (over || history.now() > lastSendMs + REQUEST_TIMEOUT_MS) {
                return;
            }
            RenewLeases renewal = new RenewLeases("worker", List.of(new WorkRef(task.shard(), task.sequence())));
            if (history.apply(renewal) instanceof Outcome.Accepted(Reply.Done())) {
                lastSendMs = history.now() + Limits.LEASE_MS - REQUEST_TIMEOUT_MS;
                later(RENEW_EVERY_MS, this::renew);
            }
        }

        /** A location that may be anything is read first: what is right already needs no new number. */
        private void attach(WorkStep step, List<WorkStep> rest) {
            ModelPageserver pageserver = history.pageservers.get(step.node());
            if (step.known() != null && !step.known().isKnown()) {
                if (!pageserver.answers()) {
                    unanswered(step.node(), 0);
                    return;
                }
                ModelPageserver.Location found = pageserver.locations.get(task.shard());
                ModelLedger.Row row = history.ledger.rows.get(task.shard());
                boolean right = found != null
                        && row != null
                        && found.mode() == LocationMode.ATTACHED_SINGLE
                        && found.generation() != null
                        && found.generation().value() == row.generation
                        && step.node().equals(row.node)
                        && row.fence <= task.sequence();
                if (right) {
                    generation = found.generation();
                    report(List.of(observed(step.node(), found)), List.of(), false);
                    others(rest);
                    return;
                }
            }
            ModelLedger.Bump bump = bump(step);
            switch (bump) {
                case ModelLedger.Bump.Superseded superseded -> finish(WorkError.Kind.SUPERSEDED);
                case ModelLedger.Bump.Gone gone -> finish(WorkError.Kind.TENANT_GONE);
                case ModelLedger.Bump.Repeated repeated -> {
                    generation = repeated.generation();
                    finish(WorkError.Kind.REPEATED);
                }
                case ModelLedger.Bump.Issued issued -> {
                    generation = issued.generation();
                    history.auditor.noteAttached(task.shard(), issued.generation(), step.node());
                    long hash = LocationFlavour.forAttached(tenant.config(), tenant.hasSecondaries())
                            .hash();
                    put(step.node(), LocationMode.ATTACHED_SINGLE, issued.generation(), hash, () -> others(rest));
                }
            }
        }

        private ModelLedger.Bump bump(WorkStep step) {
            Generation known = task.generation() != null ? task.generation() : tenant.initialGeneration();
            return history.ledger.bump(task.shard(), tenant.incarnation(), known, step.node(), task.sequence());
        }

        private void others(List<WorkStep> steps) {
            if (steps.isEmpty()) {
                report(List.of(), List.of(), true);
                return;
            }
            WorkStep step = steps.getFirst();
            List<WorkStep> rest = steps.subList(1, steps.size());
            ModelPageserver pageserver = history.pageservers.get(step.node());
            if (history.now() > lastSendMs) {
                over = true; // nothing is sent any more, so the lease is left to run out
                return;
            }
            boolean unknown = step.known() != null && !step.known().isKnown();
            if (unknown) {
                if (!pageserver.answers()) {
                    unanswered(step.node(), 0);
                    return;
                }
                ModelPageserver.Location found = pageserver.locations.get(task.shard());
                if (found != null && found.mode().attached() && !step.mayDemote()) {
                    report(List.of(observed(step.node(), found)), List.of(), false);
                    others(rest);
                    return;
                }
            }
            LocationMode mode =
                    step.action() == WorkStep.Action.SECONDARY ? LocationMode.SECONDARY : LocationMode.DETACHED;
            ModelLedger.Row row = history.ledger.rows.get(task.shard());
            if (row != null && step.node().equals(row.node)) {
                finish(WorkError.Kind.SUPERSEDED);
                return;
            }
            put(
                    step.node(),
                    mode,
                    null,
                    LocationFlavour.forSecondary(tenant.config()).hash(),
                    () -> others(rest));
        }

        private void put(NodeId node, LocationMode mode, @Nullable Generation number, long hash, Runnable next) {
            ModelPageserver pageserver = history.pageservers.get(node);
            boolean lostAnswer = history.chance(4);
            boolean late = history.chance(3);
            long arrives = late ? 1 + history.random.nextInt((int) REQUEST_TIMEOUT_MS) : 1 + history.random.nextInt(4);
            long deadline = history.now() + REQUEST_TIMEOUT_MS;
            if (!pageserver.answers() && !late) {
                unanswered(node, 0);
                return;
            }
            history.later(arrives, () -> {
                if (!pageserver.running) {
                    return;
                }
                ModelPageserver.Location before = pageserver.locations.get(task.shard());
                boolean demotes = before != null && before.mode().attached() && !mode.attached();
                if (demotes && !task.release()) {
                    history.auditor.checkDemotion(task.shard(), node, task.sequence());
                }
                if (!twice) {
                    history.auditor.checkUncertain(
                            task.shard(), tenant.incarnation(), node, null, mode + " of " + task);
                }
                pageserver.put(task.shard(), mode, number, hash);
            });
            if (lostAnswer || late) {
                later(REQUEST_TIMEOUT_MS, () -> unanswered(node, deadline));
                return;
            }
            later(arrives + 1, () -> {
                ModelPageserver.Location now = pageserver.locations.get(task.shard());
                boolean refused =
                        mode.attached() && (now == null || !java.util.Objects.equals(now.generation(), number));
                if (!pageserver.answers() || refused) {
                    unanswered(node, 0);
                    return;
                }
                report(
                        mode == LocationMode.DETACHED
                                ? List.of()
                                : List.of(new ObservedLocation(node, mode, number, hash, 0)),
                        mode == LocationMode.DETACHED ? List.of(node) : List.of(),
                        false);
                next.run();
            });
        }

        private void unanswered(NodeId node, long settlesAt) {
            error = new WorkError(WorkError.Kind.RETRYABLE, "node " + node + " did not answer");
            report(List.of(ObservedLocation.unknown(node, settlesAt)), List.of(), true);
        }

        private ObservedLocation observed(NodeId node, ModelPageserver.Location found) {
            return new ObservedLocation(node, found.mode(), found.generation(), found.confHash(), 0);
        }

        private void finish(WorkError.Kind kind) {
            error = new WorkError(kind, kind.name());
            report(List.of(), List.of(), true);
        }

        private void report(List<ObservedLocation> present, List<NodeId> absent, boolean finished) {
            over |= finished;
            ShardReport report = new ShardReport(
                    task.shard(), task.sequence(), present, absent, generation, finished, finished ? error : null);
            history.report(report);
        }
    }

    private void list(NodeListingTask task) {
        ModelPageserver pageserver = history.pageservers.get(task.node());
        if (!pageserver.answers()) {
            history.send(new ReportNodeListing(
                    task.node(), task.listing(), null, List.of(), true, false, "connection refused"));
            return;
        }
        List<ListedLocation> entries = new ArrayList<>();
        pageserver.locations.forEach((shard, location) ->
                entries.add(new ListedLocation(shard, location.mode(), location.generation(), location.confHash())));
        TenantShardId after = null;
        int slice = history.listedAtOnce();
        for (int from = 0; from == 0 || from < entries.size(); from += slice) {
            List<ListedLocation> part = entries.subList(from, Math.min(entries.size(), from + slice));
            boolean last = from + slice >= entries.size();
            ReportNodeListing report =
                    new ReportNodeListing(task.node(), task.listing(), after, List.copyOf(part), last, false, null);
            later(history.chance(10) ? 1 + history.random.nextInt(8_000) : from, () -> history.send(report));
            after = part.isEmpty() ? after : part.getLast().shard();
        }
    }

    private void removeStrays(StrayLocationsTask task) {
        ModelPageserver pageserver = history.pageservers.get(task.node());
        if (pageserver.answers()) {
            for (TenantShardId shard : task.shards()) {
                if (!history.ledger.rows.containsKey(shard)) {
                    pageserver.locations.remove(shard);
                }
            }
        }
    }

    /** A notifier dies with its requests under way; its successor waits them out, then repeats what is newest (P21). */
    void loseNotifier() {
        int successor = ++notifierLife;
        handingOver = true;
        history.later(HOOK_TIMEOUT_MS, () -> {
            if (successor == notifierLife) {
                handingOver = false;
                telling.clear();
                newest.values().forEach(this::tell);
            }
        });
    }

    /** For longer than a migration waits for computes. */
    void failHook() {
        hookDownUntilMs = history.now() + 40_000;
    }

    private void offer(ComputeMapping mapping) {
        newest.put(mapping.tenant(), mapping);
        history.later(1 + history.random.nextInt(10), () -> tell(mapping));
    }

    /** Newest number only, one request per tenant, endless retry. */
    private void tell(ComputeMapping mapping) {
        if (handingOver || newest.get(mapping.tenant()) != mapping || !telling.add(mapping.tenant())) {
            return;
        }
        int born = notifierLife;
        boolean fails = history.now() < hookDownUntilMs || history.chance(10);
        boolean busy = !fails && history.chance(10);
        boolean arrives = !busy && (!fails || (history.now() >= hookDownUntilMs && history.random.nextBoolean()));
        long takes = history.chance(5) ? history.random.nextInt((int) HOOK_TIMEOUT_MS) : 1;
        if (arrives) {
            history.later(takes, () -> history.compute.told(mapping));
        }
        history.later(takes + 1, () -> {
            if (born != notifierLife) {
                return;
            }
            telling.remove(mapping.tenant());
            report(
                    mapping,
                    fails
                            ? MappingReport.Result.FAILED
                            : busy ? MappingReport.Result.BUSY : MappingReport.Result.ACKNOWLEDGED);
            history.later(2_000, () -> goOn(mapping.tenant(), fails || busy));
        });
    }

    private void goOn(TenantId id, boolean again) {
        var tenant = history.cell.state().tenant(id);
        ComputeMapping mapping = newest.get(id);
        if (mapping != null && tenant != null && tenant.incarnation() == mapping.incarnation()) {
            boolean isOwed = !tenant.isMappingAcknowledged();
            if (again || isOwed) {
                tell(mapping);
            }
            if (isOwed) {
                history.later(30_000, () -> goOn(id, false));
            }
        }
    }

    private void report(ComputeMapping mapping, MappingReport.Result result) {
        history.send(new ReportMappings(List.of(
                new MappingReport(mapping.tenant(), mapping.incarnation(), mapping.number(), result, result.name()))));
    }
}
