package dev.berth.scheduler.core.simulation;

import dev.berth.scheduler.core.invariant.ControllerInvariants;
import dev.berth.scheduler.core.invariant.ControllerInvariants.Violation;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitParent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares what the state machine believes and does with what is the case outside, after each command and each request. */
final class Auditor {
    private record Life(TenantShardId shard, long incarnation) {}

    private final History history;
    private final Map<TenantShardId, Map<Long, NodeId>> attachedAs = new HashMap<>();
    private final Map<Life, Long> newest = new HashMap<>();

    Auditor(History history) {
        this.history = history;
    }

    /** Invariant 1: a number belongs to one node. */
    void noteAttached(TenantShardId shard, Generation generation, NodeId node) {
        NodeId before = attachedAs.computeIfAbsent(shard, id -> new HashMap<>()).put(generation.value(), node);
        if (before != null && !before.equals(node)) {
            throw history.failure(
                    "generation " + generation + " of " + shard + " on nodes " + before + " and " + node, null);
        }
    }

    /** Invariant 6: what serves computes is not taken away before they know its successor. */
    void checkDemotion(TenantShardId id, NodeId node, long sequence) {
        Tenant tenant = history.cell.state().tenant(id.tenant());
        boolean wanted = tenant != null && tenant.policy().isAttached() && !tenant.isDeleting();
        if (wanted && node.equals(history.compute.nodeOf(id.tenant(), id.number()))) {
            ModelLedger.Row row = history.ledger.rows.get(id);
            if (row != null && row.fence > sequence) {
                return; // a late request of superseded work: nothing can fence it, the location is read again (P3)
            }
            boolean owner = row != null && node.equals(row.node);
            throw history.failure("computes of " + id + " still use node " + node + (owner ? " (owner)" : ""), null);
        }
    }

    /** P3: a location that a request changes is not one that is believed to be known for certain, unless an operation has it. */
    void checkUncertain(
            TenantShardId id, long incarnation, NodeId node, @Nullable OperationId operation, String request) {
        Tenant tenant = history.cell.state().tenant(id.tenant());
        Shard shard = tenant == null || tenant.incarnation() != incarnation ? null : tenant.shard(id);
        boolean isGone = history.pageservers.get(node).deleted; // nothing is believed of a node that is no more
        if (shard == null || isGone || (operation != null && operation.equals(shard.operation()))) {
            return;
        }
        ObservedLocation believed = shard.observedOn(node);
        boolean uncertain = believed != null && (!believed.isKnown() || believed.settlesAtMs() >= history.now());
        if (!uncertain) {
            throw history.failure(
                    request + " changes " + id + " on node " + node + ", believed to be " + believed, null);
        }
    }

    /** A parent that goes on living in the generation of its children could delete what they still refer to. */
    void checkParentsAreGone(List<SplitParent> parents, List<SplitChild> children) {
        for (SplitParent parent : parents) {
            long generation = children.get(parent.shard().number()).generation().value();
            for (ModelPageserver pageserver : history.pageservers.values()) {
                ModelPageserver.Location location = pageserver.locations.get(parent.shard());
                if (location != null
                        && location.generation() != null
                        && location.generation().value() >= generation) {
                    throw history.failure(
                            parent.shard() + " is alive on node " + pageserver.id + " though it was split", null);
                }
            }
        }
    }

    /** What holds after every command. */
    void checkState() {
        HeapControllerState state = history.cell.state();
        List<Violation> violations = ControllerInvariants.ofAll(state);
        if (!violations.isEmpty()) {
            throw history.failure("invariants: " + violations, null);
        }
        state.tenants().values().forEach(this::checkGenerations);
    }

    /** What holds of tenants that a command has changed: of the others it has held before. */
    void checkTenants(Set<TenantId> changed) {
        for (TenantId id : changed) {
            Tenant tenant = history.cell.state().tenant(id);
            if (tenant != null) {
                List<Violation> violations = ControllerInvariants.ofTenant(history.cell.state(), tenant);
                if (!violations.isEmpty()) {
                    throw history.failure("invariants: " + violations, null);
                }
                checkGenerations(tenant);
            }
        }
    }

    private void checkGenerations(Tenant tenant) {
        tenant.shards().forEach(shard -> checkGeneration(tenant, shard));
    }

    /** The log repeats numbers of the ledger: it never goes back, and never runs ahead. */
    private void checkGeneration(Tenant tenant, Shard shard) {
        long now = shard.generation() == null ? 0 : shard.generation().value();
        TenantShardId id = tenant.shardId(shard.number());
        Long before = newest.put(new Life(id, tenant.incarnation()), now);
        if (before != null && now < before) {
            throw history.failure("generation of " + id + " went back from " + before + " to " + now, null);
        }
        ModelLedger.Row row = history.ledger.rows.get(id);
        // What a node kept of an earlier life of the tenant was issued then; the new one begins above it (P5).
        long[] earlier = history.ledger.tombstones.get(tenant.id());
        long issued = row != null && row.incarnation == tenant.incarnation()
                ? row.generation
                : earlier == null ? 0 : earlier[1];
        long initial = tenant.initialGeneration() == null
                ? 0
                : tenant.initialGeneration().value();
        boolean splitAway = row == null && history.ledger.isSplit(tenant.id());
        if (now > Math.max(issued, initial) && !splitAway && history.ledger.isOpen(tenant.id(), tenant.incarnation())) {
            throw history.failure("generation " + now + " of " + id + " was never issued, the ledger has " + row, null);
        }
    }

    /** Where pageservers, ledger, computes and intent disagree once all is quiet; null when they do not. */
    @Nullable
    String mismatch() {
        long alive = history.pageservers.values().stream()
                .filter(ModelPageserver::answers)
                .count();
        for (Tenant tenant : history.cell.state().tenants().values()) {
            for (Shard shard : tenant.shards()) {
                String found = mismatch(tenant, shard, alive);
                if (found != null) {
                    return found;
                }
            }
        }
        for (ModelPageserver pageserver : history.pageservers.values()) {
            for (TenantShardId id : pageserver.locations.keySet()) {
                Tenant tenant = history.cell.state().tenant(id.tenant());
                if (pageserver.answers() && (tenant == null || tenant.shard(id) == null)) {
                    return id + " is left over on " + pageserver.id;
                }
            }
        }
        return null;
    }

    private @Nullable String mismatch(Tenant tenant, Shard shard, long alive) {
        TenantShardId id = tenant.shardId(shard.number());
        String unmet = unmetPolicy(tenant, shard, alive);
        if (unmet != null) {
            return id + " " + unmet + ": " + shard;
        }
        if (waitsForADeadNode(shard)) {
            return null;
        }
        for (ModelPageserver pageserver : history.pageservers.values()) {
            if (!pageserver.answers()) {
                continue;
            }
            ModelPageserver.Location location = pageserver.locations.get(id);
            boolean attached = pageserver.id.equals(shard.attached());
            boolean secondary = shard.secondaries().contains(pageserver.id);
            LocationMode wanted = attached ? LocationMode.ATTACHED_SINGLE : secondary ? LocationMode.SECONDARY : null;
            if ((location == null ? null : location.mode()) != wanted) {
                return id + " on " + pageserver.id + " is " + location + ", wanted " + wanted + ": " + shard;
            }
            ModelLedger.Row row = history.ledger.rows.get(id);
            if (attached && (row == null || !location.generation().equals(new Generation(row.generation)))) {
                return id + " attached as " + location + ", ledger " + (row == null ? null : row.generation);
            }
            long hash = attached ? history.attachedHash(tenant, shard) : history.secondaryHash(tenant);
            if (location != null && location.confHash() != hash) {
                return id + " on " + pageserver.id + " has an old configuration: " + shard;
            }
        }
        boolean announced = tenant.policy().isAttached()
                && tenant.shards().stream().allMatch(one -> one.attached() != null && !waitsForADeadNode(one));
        return announced && !shard.attached().equals(history.compute.nodeOf(tenant.id(), shard.number()))
                ? "computes of " + id + " use " + history.compute.nodeOf(tenant.id(), shard.number())
                : null;
    }

    /** Ordered there: whoever has it keeps it, and computes are not told of what is not there. */
    private boolean waitsForADeadNode(Shard shard) {
        return shard.attached() != null
                && shard.unscheduled() != null
                && !history.pageservers.get(shard.attached()).answers();
    }

    /** A caller may insist on a dead node; the shard then waits for it. */
    private boolean isThereByOrder(TenantShardId id) {
        return history.cell.history().reversed().stream()
                .flatMap(record -> record.events().reversed().stream())
                .filter(event ->
                        event instanceof ShardPlaced placed && placed.shard().equals(id))
                .findFirst()
                .map(event -> ((ShardPlaced) event).cause() == PlacementCause.MIGRATION)
                .orElse(false);
    }

    /** Invariant 7, and that nothing waits that need not. */
    private @Nullable String unmetPolicy(Tenant tenant, Shard shard, long alive) {
        int wanted = tenant.policy().secondaries();
        return switch (tenant.policy().kind()) {
            case ATTACHED -> {
                boolean unscheduled = shard.unscheduled() != null;
                if (shard.attached() == null
                        || !history.pageservers.get(shard.attached()).answers()) {
                    boolean ordered = unscheduled && isThereByOrder(tenant.shardId(shard.number()));
                    yield ordered ? null : "is attached nowhere";
                }
                if (shard.secondaries().size() > wanted
                        || (!unscheduled && shard.secondaries().size() < wanted)) {
                    yield "has not " + wanted + " secondaries";
                }
                yield unscheduled && alive > wanted ? "is unscheduled for no reason" : null;
            }
            case SECONDARY ->
                shard.attached() != null || shard.secondaries().size() != 1 ? "is not one secondary" : null;
            case DETACHED -> shard.attached() != null || !shard.secondaries().isEmpty() ? "is not detached" : null;
        };
    }
}
