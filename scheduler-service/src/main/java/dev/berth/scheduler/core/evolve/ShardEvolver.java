package dev.berth.scheduler.core.evolve;

import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.ShardOptimisation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.LeaseExtended;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.ShardEvent;
import dev.berth.schemas.event.ShardHeld;
import dev.berth.schemas.event.ShardMoveBegun;
import dev.berth.schemas.event.ShardMoveEnded;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.ShardReleased;
import dev.berth.schemas.event.ShardTaken;
import dev.berth.schemas.event.ShardUnscheduled;
import dev.berth.schemas.event.WorkDeferred;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.BornShard;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.WorkStep;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Facts about single shards. */
final class ShardEvolver {
    private ShardEvolver() {}

    static void evolve(ControllerState state, ShardEvent event) {
        Tenant tenant = TenantEvolver.existing(state, event.shard().tenant());
        Shard shard = tenant.shard(event.shard());
        if (shard == null) {
            throw new InvariantViolation(tenant.id(), "an event about the unknown shard " + event.shard());
        }
        state.put(tenant.withShard(evolve(shard, event)));
    }

    static Shard evolve(Shard shard, ShardEvent event) {
        return switch (event) {
            case ShardPlaced placed -> place(shard, placed);
            case ShardUnscheduled unscheduled -> shard.withUnscheduled(unscheduled.reason());
            case ShardMoveBegun begun ->
                shard.withOptimisation(ShardOptimisation.of(shard).begun(begun.move(), begun.atMs()));
            case ShardMoveEnded ended ->
                shard.withOptimisation(ShardOptimisation.of(shard)
                        .ended(ended.moved(), ended.atMs())
                        .orNull());
            case ShardHeld held ->
                shard.withOptimisation(ShardOptimisation.of(shard)
                        .held(held.untilMs(), held.reason())
                        .orNull());
            case WorkIssued issued -> issue(shard, issued);
            case LeaseExtended extended -> shard.withLease(extended.leaseUntilMs());
            case LocationsObserved observed -> observe(shard, observed);
            case WorkEnded ended -> shard.withWorkEnded(ended.error(), ended.retryAtMs(), ended.attempts());
            case WorkDeferred deferred -> shard.withRetryAt(deferred.retryAtMs());
            case ShardTaken taken -> take(shard, taken);
            case ShardReleased released -> shard.withOperation(null, shard.sequence(), shard.observed());
        };
    }

    private static Shard place(Shard shard, ShardPlaced placed) {
        if (placed.attached() != null && placed.secondaries().contains(placed.attached())) {
            throw new InvariantViolation(placed.shard().tenant(), "a node has one role in a shard");
        }
        Shard moved = shard.withIntent(placed.attached(), placed.secondaries());
        return placed.attached() == null ? moved.withTold(null) : announced(moved);
    }

    private static Shard issue(Shard shard, WorkIssued issued) {
        requireRising(shard, issued.sequence(), issued.shard().tenant());
        List<NodeId> touched = issued.steps().stream().map(WorkStep::node).toList();
        return shard.withWork(issued.sequence(), issued.leaseUntilMs(), unsettled(shard, touched));
    }

    private static Shard take(Shard shard, ShardTaken taken) {
        requireRising(shard, taken.sequence(), taken.shard().tenant());
        List<NodeId> touched =
                taken.touched().stream().map(ObservedLocation::node).toList();
        return shard.withOperation(taken.operation(), taken.sequence(), unsettled(shard, touched));
    }

    private static void requireRising(Shard shard, long sequence, dev.berth.schemas.id.TenantId tenant) {
        if (sequence <= shard.sequence()) {
            throw new InvariantViolation(tenant, "sequences rise: " + sequence + " after " + shard.sequence());
        }
    }

    /**
     * Observed locations with the touched ones unknown. Requests of the work that is superseded may still take effect until
     * its lease ends, so what it left unknown settles only then (P3).
     */
    private static List<ObservedLocation> unsettled(Shard shard, Collection<NodeId> touched) {
        TreeMap<NodeId, ObservedLocation> locations = byNode(shard);
        if (shard.hasWorkInFlight()) {
            locations.replaceAll((node, location) -> location.isKnown()
                    ? location
                    : ObservedLocation.unknown(node, Math.max(location.settlesAtMs(), shard.leaseUntilMs())));
        }
        for (NodeId node : touched) {
            ObservedLocation before = locations.get(node);
            locations.put(node, ObservedLocation.unknown(node, before == null ? 0 : before.settlesAtMs()));
        }
        return List.copyOf(locations.values());
    }

    private static Shard observe(Shard shard, LocationsObserved observed) {
        TreeMap<NodeId, ObservedLocation> locations = byNode(shard);
        observed.absent().forEach(locations::remove);
        observed.present().forEach(location -> locations.put(location.node(), location));
        Generation newest = newest(shard.generation(), observed.generation());
        for (ObservedLocation location : observed.present()) {
            newest = newest(newest, location.generation());
        }
        return announced(shard.withObserved(List.copyOf(locations.values()), newest));
    }

    /** Computes are to be told of the intended attachment once it is there, whichever of intent and observation came last. */
    private static Shard announced(Shard shard) {
        NodeId intended = shard.attached();
        if (intended == null) {
            return shard;
        }
        ObservedLocation location = shard.observedOn(intended);
        boolean isThere = location != null
                && location.isAttached()
                && location.generation() != null
                && location.generation().equals(shard.generation());
        return isThere && !intended.equals(shard.told()) ? shard.withTold(intended) : shard;
    }

    private static @Nullable Generation newest(@Nullable Generation known, @Nullable Generation heard) {
        if (known == null || heard == null) {
            return known == null ? heard : known;
        }
        return known.compareTo(heard) >= 0 ? known : heard;
    }

    private static TreeMap<NodeId, ObservedLocation> byNode(Shard shard) {
        TreeMap<NodeId, ObservedLocation> locations = new TreeMap<>();
        shard.observed().forEach(location -> locations.put(location.node(), location));
        return locations;
    }

    /** A child of a split. */
    static Shard born(BornShard born) {
        Shard placed = Shard.fresh(born.number(), born.generation()).withIntent(born.attached(), born.secondaries());
        List<ObservedLocation> observed = born.location() == null ? List.of() : List.of(born.location());
        return announced(placed.withOperation(null, born.sequence(), observed));
    }
}
