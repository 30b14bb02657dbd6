package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Continue;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.SweepBegun;
import dev.berth.schemas.event.SweepEnded;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Priority;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Walks over many shards, in slices that each fit one command (P15). */
final class Sweeps {
    private Sweeps() {}

    /** Does the first slice at once; what is left goes on with the next commands. */
    static void begin(Draft draft, Sweep sweep) {
        TenantShardId last = slice(draft, sweep);
        if (last != null) {
            draft.add(new SweepBegun(sweep.getClass().getSimpleName()));
            draft.follow(new Continue(after(sweep, last)));
        } else {
            followUp(draft, sweep);
        }
    }

    /** Leaves all slices to the commands that follow. */
    static void beginLater(Draft draft, Sweep sweep) {
        draft.add(new SweepBegun(sweep.getClass().getSimpleName()));
        draft.follow(new Continue(sweep));
    }

    /** Does a further slice. */
    static void resume(Draft draft, Sweep sweep) {
        TenantShardId last = slice(draft, sweep);
        if (last == null) {
            draft.add(new SweepEnded(sweep.getClass().getSimpleName()));
            followUp(draft, sweep);
        } else {
            draft.follow(new Continue(after(sweep, last)));
        }
    }

    /** What is less urgent than the sweep that has ended. */
    private static void followUp(Draft draft, Sweep ended) {
        if (ended instanceof Sweep.LeaveNode leave
                && isOffline(draft, leave.node())
                && draft.view().shardsOn(leave.node()).stream().anyMatch(id -> isKnownOn(draft, id, leave.node()))) {
            beginLater(draft, new Sweep.ForgetNode(leave.node(), null));
        }
        if (ended instanceof Sweep.DropNode) {
            beginLater(draft, new Sweep.PlaceUnscheduled(null));
        }
    }

    private static boolean isOffline(Draft draft, NodeId id) {
        Node node = draft.view().node(id);
        return node != null && node.availability() == NodeAvailability.OFFLINE;
    }

    private static Sweep after(Sweep sweep, TenantShardId last) {
        return switch (sweep) {
            case Sweep.LeaveNode leave -> new Sweep.LeaveNode(leave.node(), last);
            case Sweep.ForgetNode forget -> new Sweep.ForgetNode(forget.node(), last);
            case Sweep.ReturnToNode back -> new Sweep.ReturnToNode(back.node(), last);
            case Sweep.PlaceUnscheduled place -> new Sweep.PlaceUnscheduled(last);
            case Sweep.DueWork due -> new Sweep.DueWork(last);
            case Sweep.DropNode drop -> new Sweep.DropNode(drop.node(), last);
            case Sweep.TrimSecondaries trim -> new Sweep.TrimSecondaries(trim.node(), last);
        };
    }

    /** Does up to a slice of shards; returns the last one when there may be more, else null. */
    private static @Nullable TenantShardId slice(Draft draft, Sweep sweep) {
        return switch (sweep) {
            case Sweep.LeaveNode leave -> leave(draft, leave);
            case Sweep.ForgetNode forget -> forget(draft, forget);
            case Sweep.ReturnToNode back -> comeBack(draft, back);
            case Sweep.PlaceUnscheduled place -> placeUnscheduled(draft, place);
            case Sweep.DueWork due -> dueWork(draft);
            case Sweep.DropNode drop -> drop(draft, drop);
            case Sweep.TrimSecondaries trim -> trim(draft, trim);
        };
    }

    private static @Nullable TenantShardId each(
            Draft draft,
            NavigableSet<TenantShardId> shards,
            @Nullable TenantShardId after,
            Consumer<TenantShardId> action) {
        return each(draft, shards, after, id -> true, action);
    }

    /** Only what is wanted counts; what is not is passed over at no more than the cost of a look. */
    private static @Nullable TenantShardId each(
            Draft draft,
            NavigableSet<TenantShardId> shards,
            @Nullable TenantShardId after,
            Predicate<Shard> wanted,
            Consumer<TenantShardId> action) {
        int done = 0;
        TenantShardId last = null;
        for (TenantShardId id : after == null ? shards : shards.tailSet(after, false)) {
            if (done == Limits.SHARDS_PER_COMMAND) {
                return last;
            }
            if (draft.view().tenant(id.tenant()) == null || !wanted.test(draft.shard(id))) {
                continue;
            }
            action.accept(id);
            last = id;
            done++;
        }
        return null;
    }

    private static @Nullable TenantShardId leave(Draft draft, Sweep.LeaveNode sweep) {
        NodeId node = sweep.node();
        if (!isOffline(draft, node)) {
            return null;
        }
        return each(draft, draft.view().shardsOn(node), sweep.after(), shard -> node.equals(shard.attached()), id -> {
            forgetLocation(draft, id, node);
            if (mayPlace(draft.tenant(id.tenant()))) {
                ShardScheduler.schedule(draft, id, PlacementCause.NODE_OFFLINE);
                draft.settle(id, Priority.URGENT);
            }
        });
    }

    private static @Nullable TenantShardId forget(Draft draft, Sweep.ForgetNode sweep) {
        NodeId node = sweep.node();
        if (!isOffline(draft, node)) {
            return null;
        }
        return each(
                draft,
                draft.view().shardsOn(node),
                sweep.after(),
                shard -> isKnownOn(shard, node),
                id -> forgetLocation(draft, id, node));
    }

    /** A node of the same id that has come since is another one. */
    private static @Nullable TenantShardId drop(Draft draft, Sweep.DropNode sweep) {
        NodeId node = sweep.node();
        if (draft.view().node(node) != null) {
            return null;
        }
        return each(draft, draft.view().shardsOn(node), sweep.after(), shard -> shard.refersTo(node), id -> {
            if (draft.shard(id).observedOn(node) != null) {
                draft.add(new LocationsObserved(id, List.of(), List.of(node), null));
            }
            giveUp(draft, id, node);
        });
    }

    /** A deletion leaves no such intent behind; where a node was dropped, the shard waits for the sweep that finds it another place. */
    private static void giveUp(Draft draft, TenantShardId id, NodeId node) {
        Shard shard = draft.shard(id);
        if (!shard.intends(node) || !mayPlace(draft.tenant(id.tenant()))) {
            return;
        }
        boolean isAttachment = node.equals(shard.attached());
        if (isAttachment && shard.operation() != null) {
            ShardScheduler.preempt(draft, id, "node " + node + " is dropped");
        }
        List<NodeId> secondaries = shard.secondaries().stream()
                .filter(other -> !other.equals(node))
                .toList();
        draft.place(id, isAttachment ? null : shard.attached(), secondaries, PlacementCause.NODE_DROPPED);
        draft.schedulable(id, "node " + node + " was dropped");
    }

    private static @Nullable TenantShardId trim(Draft draft, Sweep.TrimSecondaries sweep) {
        return each(
                draft,
                draft.view().shardsOn(sweep.node()),
                sweep.after(),
                shard -> shard.operation() == null && shard.intends(sweep.node()),
                id -> {
                    if (mayPlace(draft.tenant(id.tenant()))) {
                        ShardScheduler.schedule(draft, id, PlacementCause.NODE_OPERATION);
                        draft.settle(id, Priority.NORMAL);
                    }
                });
    }

    private static boolean isKnownOn(Draft draft, TenantShardId id, NodeId node) {
        return draft.view().tenant(id.tenant()) != null && isKnownOn(draft.shard(id), node);
    }

    private static boolean isKnownOn(Shard shard, NodeId node) {
        ObservedLocation location = shard.observedOn(node);
        return location != null && location.isKnown();
    }

    private static void forgetLocation(Draft draft, TenantShardId id, NodeId node) {
        ObservedLocation location = draft.shard(id).observedOn(node);
        if (location != null && location.isKnown()) {
            draft.add(new LocationsObserved(
                    id, List.of(ObservedLocation.unknown(node, location.settlesAtMs())), List.of(), null));
        }
    }

    private static boolean mayPlace(Tenant tenant) {
        return tenant.frozen() == null && !tenant.isDeleting();
    }

    private static @Nullable TenantShardId comeBack(Draft draft, Sweep.ReturnToNode sweep) {
        Node node = draft.view().node(sweep.node());
        if (node == null || !node.isAvailable()) {
            return null;
        }
        return each(draft, draft.view().shardsOn(sweep.node()), sweep.after(), id -> {
            draft.endPause(id);
            draft.settle(id, Priority.NORMAL);
        });
    }

    private static @Nullable TenantShardId placeUnscheduled(Draft draft, Sweep.PlaceUnscheduled sweep) {
        if (!draft.placements().hasSchedulableNode()) {
            return null;
        }
        return each(draft, draft.view().unscheduled(), sweep.after(), id -> {
            NodeId attached = draft.shard(id).attached();
            boolean stranded = attached != null && ShardScheduler.isStranded(draft, attached);
            if (mayPlace(draft.tenant(id.tenant()))
                    && (stranded || draft.shard(id).operation() == null)) {
                ShardScheduler.schedule(draft, id, PlacementCause.CAPACITY_APPEARED);
                draft.settle(id, Priority.URGENT);
            }
        });
    }

    /** Always begins with what is due first, so it needs no cursor. */
    private static @Nullable TenantShardId dueWork(Draft draft) {
        Collection<TenantShardId> due = draft.view().due().dueBy(draft.now(), Limits.SHARDS_PER_COMMAND);
        TenantShardId last = null;
        for (TenantShardId id : due) {
            Shard shard = draft.shard(id);
            if (shard.hasWorkInFlight()) {
                int attempts = shard.attempts() + 1;
                long retryAt = attempts < Limits.ROUNDS_AT_ONCE ? 0 : draft.now() + Limits.retryPauseMs(attempts);
                draft.add(new WorkEnded(id, shard.sequence(), "the lease ran out", retryAt, attempts));
            }
            draft.settle(id, Priority.NORMAL);
            clearIfNothingFollows(draft, id);
            last = id;
        }
        return due.size() == Limits.SHARDS_PER_COMMAND ? last : null;
    }

    /** What was due must not stay due: a tick would find it again and again. */
    private static void clearIfNothingFollows(Draft draft, TenantShardId id) {
        Shard shard = draft.shard(id);
        if (!shard.hasWorkInFlight() && shard.retryAtMs() != 0 && shard.retryAtMs() <= draft.now()) {
            draft.add(new dev.berth.schemas.event.WorkDeferred(id, 0));
        }
    }
}
