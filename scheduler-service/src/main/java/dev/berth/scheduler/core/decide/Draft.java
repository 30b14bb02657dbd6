package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.placement.Placements;
import dev.berth.scheduler.core.plan.ReconcilePlanner;
import dev.berth.scheduler.core.plan.ShardPlan;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.NodeEvent;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.ShardUnscheduled;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.event.WorkDeferred;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one command has decided so far: its events, and the state as it will be once they are folded. The state itself is not
 * touched.
 */
final class Draft {
    private final OverlayState overlay;
    private final DecisionContext context;
    private final Placements placements;
    private final List<Event> events = new ArrayList<>();
    private final List<Command> followUps = new ArrayList<>();
    private @Nullable OperationId operation;

    Draft(ControllerView base, DecisionContext context) {
        this.overlay = new OverlayState(base);
        this.context = context;
        this.placements = new Placements(base.placement());
    }

    /** Another draft from the state as it is in this one, to find out how a command would be decided. */
    Draft trial() {
        return new Draft(overlay, context);
    }

    ControllerView view() {
        return overlay;
    }

    Placements placements() {
        return placements;
    }

    long now() {
        return context.nowMs();
    }

    long position() {
        return context.position();
    }

    void add(Event event) {
        ControllerEvolver.evolve(overlay, event);
        events.add(event);
        Node changed = event instanceof NodeEvent about ? overlay.node(about.node()) : null;
        if (changed != null) {
            placements.nodeChanged(changed);
        }
    }

    void follow(Command command) {
        followUps.add(command);
    }

    Decision accepted(Reply reply) {
        return new Decision.Accepted(events, reply, followUps);
    }

    Decision done() {
        return accepted(new Reply.Done());
    }

    static Decision rejected(RejectionReason reason, String detail) {
        return new Decision.Rejected(new Rejection(reason, detail));
    }

    /** The tenant as it is now in this draft; must exist. */
    Tenant tenant(TenantId id) {
        return Objects.requireNonNull(overlay.tenant(id));
    }

    Shard shard(TenantShardId id) {
        return Objects.requireNonNull(tenant(id.tenant()).shard(id));
    }

    /** What is placed from here on is placed for this operation, but for what is rescued from a lost node. */
    void actFor(OperationId id) {
        operation = id;
    }

    /** Sets the intent of a shard, if it is another one than before. Nodes are only taken away from it, or named by nobody. */
    void place(TenantShardId id, @Nullable NodeId attached, List<NodeId> secondaries, PlacementCause cause) {
        place(id, attached, secondaries, cause, List.of());
    }

    /** Sets the intent of a shard, if it is another one than before, with how the nodes were found. */
    void place(
            TenantShardId id,
            @Nullable NodeId attached,
            List<NodeId> secondaries,
            PlacementCause cause,
            List<PlacementChoice> choices) {
        Tenant tenant = tenant(id.tenant());
        Shard before = shard(id);
        if (Objects.equals(before.attached(), attached) && before.secondaries().equals(secondaries)) {
            return;
        }
        count(before, tenant.preferredAz(), -1);
        OperationId actingFor = cause == PlacementCause.NODE_OFFLINE ? null : operation;
        add(new ShardPlaced(id, attached, secondaries, cause, actingFor, choices));
        count(shard(id), tenant.preferredAz(), 1);
    }

    /** All shards of a tenant for others. */
    void replaceShards(TenantSplitCommitted committed) {
        Tenant before = tenant(committed.tenant());
        before.shards().forEach(shard -> count(shard, before.preferredAz(), -1));
        add(committed);
        tenant(committed.tenant()).shards().forEach(shard -> count(shard, before.preferredAz(), 1));
    }

    private void count(Shard shard, @Nullable String homeZone, int sign) {
        if (shard.attached() != null) {
            placements.count(shard.attached(), homeZone, true, sign);
        }
        shard.secondaries().forEach(node -> placements.count(node, homeZone, false, sign));
    }

    /** Notes whether a shard's policy can be met; null when it is. */
    void schedulable(TenantShardId id, @Nullable String reason) {
        if (!Objects.equals(shard(id).unscheduled(), reason)) {
            add(new ShardUnscheduled(id, reason));
        }
    }

    /**
     * Tells computes if they have to be, and gives out the work that a shard needs now. Urgent work does not sit out the pause
     * after earlier failures: that was about another wish, or somebody waits.
     */
    void settle(TenantShardId id, Priority priority) {
        announce(id.tenant());
        Shard shard = shard(id);
        if (!shard.hasWorkInFlight()) {
            issue(id, priority);
        }
    }

    /** What failed before says nothing about what is to be done now. */
    void endPause(TenantShardId id) {
        if (shard(id).retryAtMs() > now()) {
            add(new WorkDeferred(id, 0));
        }
    }

    /** Like {@link #settle}, for all shards of a tenant. */
    void settleAll(TenantId id, Priority priority) {
        for (Shard shard : tenant(id).shards()) {
            settle(tenant(id).shardId(shard.number()), priority);
        }
    }

    /** Like {@link #settle}, whether or not work is in flight: that is superseded (P19). */
    void supersede(TenantShardId id, Priority priority) {
        announce(id.tenant());
        issue(id, priority);
    }

    private void issue(TenantShardId id, Priority priority) {
        Tenant tenant = tenant(id.tenant());
        Shard shard = shard(id);
        if (!mayWorkOn(tenant, shard)) {
            return;
        }
        switch (ReconcilePlanner.plan(overlay, tenant, shard, now())) {
            case ShardPlan.Work work -> {
                boolean paused = priority != Priority.URGENT && shard.retryAtMs() > now();
                if (shard.hasWorkInFlight() || !paused) {
                    add(new WorkIssued(
                            id, nextSequence(shard), now() + Limits.LEASE_MS, priority, work.release(), work.steps()));
                }
            }
            case ShardPlan.NotBefore later -> defer(id, shard, later.atMs());
            case ShardPlan.Nothing nothing -> defer(id, shard, 0);
        }
    }

    private void defer(TenantShardId id, Shard shard, long untilMs) {
        if (!shard.hasWorkInFlight() && shard.retryAtMs() != untilMs) {
            add(new WorkDeferred(id, untilMs));
        }
    }

    /** Whether the state machine may act on the shard by itself at all (behaviour 2.2, P11). */
    static boolean mayWorkOn(Tenant tenant, Shard shard) {
        return shard.operation() == null
                && tenant.frozen() == null
                && (tenant.scheduling() != ShardSchedulingPolicy.STOP || tenant.isDeleting());
    }

    long nextSequence(Shard shard) {
        return Math.max(shard.sequence() + 1, position());
    }

    /** Emits the mapping of a tenant when it is complete and another one than computes were to be told last. */
    void announce(TenantId id) {
        Tenant tenant = tenant(id);
        if (!tenant.policy().isAttached() || tenant.isDeleting()) {
            return;
        }
        List<NodeId> nodes = new ArrayList<>(tenant.shards().size());
        for (Shard shard : tenant.shards()) {
            if (shard.told() == null) {
                return;
            }
            nodes.add(shard.told());
        }
        if (!nodes.equals(tenant.mapping())) {
            add(new MappingEmitted(id, tenant.mappingNumber() + 1, nodes));
        }
    }
}
