package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.Transfer;
import dev.berth.schemas.model.WarmCopy;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.ShardReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A cell whose workers do at once, and well, what they are told: for what becomes of many shards over time. */
final class OptimisedFleet {
    final Scenario scenario = new Scenario();
    private final List<Event> seen = new ArrayList<>();
    private int tenants;

    ControllerView state() {
        return scenario.state;
    }

    OptimisedFleet nodes(int from, int to, String zone) {
        for (int i = from; i <= to; i++) {
            scenario.withNode(i, zone);
        }
        return this;
    }

    OptimisedFleet mode(OptimiserMode mode, OptimiserMode load) {
        return send(new ConfigureOptimiser(mode, load, null, null, null, null, null));
    }

    TenantId tenant(int shards, PlacementPolicy policy) {
        TenantId id = new TenantId(9, ++tenants);
        send(new CreateTenant(
                id,
                shards == 1 ? ShardCount.UNSHARDED : new ShardCount(shards),
                2048,
                new Generation(0),
                policy,
                TenantConfig.EMPTY));
        return id;
    }

    /** A command, and all that workers and computes then do. */
    OptimisedFleet send(Command command) {
        scenario.whenUnchecked(command);
        return settle();
    }

    /** A node answers again and still holds what it held. */
    void returns(long id) {
        send(Scenario.answering(NodeId.of(id)));
        Node node = scenario.node(id);
        if (node.listing() == 0) {
            return;
        }
        List<ListedLocation> holds = new ArrayList<>();
        for (TenantShardId shard : state().shardsOn(node.id())) {
            holds.add(new ListedLocation(shard, LocationMode.SECONDARY, null, 1));
        }
        send(new ReportNodeListing(node.id(), node.listing(), null, holds, true, false, null));
    }

    private OptimisedFleet settle() {
        List<Event> events = new ArrayList<>(scenario.events());
        while (!events.isEmpty()) {
            seen.addAll(events);
            List<ShardReport> reports = new ArrayList<>();
            List<MappingReport> mappings = new ArrayList<>();
            for (Event event : events) {
                if (event instanceof WorkIssued issued && isCurrent(issued)) {
                    reports.add(scenario.success(issued));
                } else if (event instanceof MappingEmitted emitted && tenantOf(emitted) != null) {
                    mappings.add(new MappingReport(
                            emitted.tenant(),
                            Objects.requireNonNull(tenantOf(emitted)).incarnation(),
                            emitted.number(),
                            MappingReport.Result.ACKNOWLEDGED,
                            null));
                }
            }
            events.clear();
            if (!reports.isEmpty()) {
                scenario.whenUnchecked(new ReportShards("worker", reports));
                events.addAll(scenario.events());
            }
            if (!mappings.isEmpty()) {
                scenario.whenUnchecked(new ReportMappings(mappings));
                events.addAll(scenario.events());
            }
        }
        return this;
    }

    private boolean isCurrent(WorkIssued issued) {
        Tenant tenant = state().tenant(issued.shard().tenant());
        Shard shard = tenant == null ? null : tenant.shard(issued.shard());
        return shard != null && shard.sequence() == issued.sequence() && shard.hasWorkInFlight();
    }

    private @org.jspecify.annotations.Nullable Tenant tenantOf(MappingEmitted emitted) {
        return state().tenant(emitted.tenant());
    }

    /** Lets time pass as ticks and pollers see it; what is copied is warm with the next look. */
    OptimisedFleet passes(long durationMs) {
        long end = scenario.now() + durationMs;
        while (true) {
            long due = NextTick.dueAt(state());
            long at = Math.max(due, scenario.now());
            if (due == Long.MAX_VALUE || at > end) {
                scenario.after(end - scenario.now());
                return this;
            }
            scenario.after(at - scenario.now());
            send(new Tick());
            warm();
        }
    }

    /** Lets time pass until the optimiser has looked for the first time at what has come up. */
    OptimisedFleet look() {
        send(new Tick());
        long next = state().cell().optimiser().nextPassAtMs();
        if (state().optimiser().moving().isEmpty() && next > scenario.now()) {
            scenario.after(next - scenario.now());
            send(new Tick());
        }
        return this;
    }

    /** The poller asks once. */
    OptimisedFleet warm() {
        List<WarmCopy> copies = new ArrayList<>();
        for (TenantShardId id : state().optimiser().moving()) {
            Shard shard = shard(id);
            Transfer move = Objects.requireNonNull(shard.transfer());
            ObservedLocation copy = shard.observedOn(move.to());
            if (copy != null && copy.mode() == LocationMode.SECONDARY) {
                copies.add(new WarmCopy(id, move.to()));
            }
        }
        return copies.isEmpty() ? this : send(new ReportWarmCopies(copies));
    }

    Shard shard(TenantShardId id) {
        return Objects.requireNonNull(
                Objects.requireNonNull(state().tenant(id.tenant())).shard(id));
    }

    int secondariesWanted(TenantShardId id) {
        return Objects.requireNonNull(state().tenant(id.tenant())).policy().secondaries();
    }

    int attachedOn(long node) {
        return Objects.requireNonNull(state().placement().load(NodeId.of(node))).attached();
    }

    int secondariesOn(long node) {
        var load = Objects.requireNonNull(state().placement().load(NodeId.of(node)));
        return load.total() - load.attached();
    }

    String zoneOf(NodeId id) {
        Node node = Objects.requireNonNull(state().node(id));
        return node.availabilityZone();
    }

    <E extends Event> List<E> seen(Class<E> type) {
        return seen.stream().filter(type::isInstance).map(type::cast).toList();
    }

    OptimisedFleet forget() {
        seen.clear();
        return this;
    }
}
