package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.model.WorkStep.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a shard shall have with what is observed.
 *
 * <p>Goals: the attached location first; then secondaries; then what is too much.
 *
 * <p>Constraints: only available nodes are touched. An attached location is demoted or removed only when its successor is
 * attached and compute knows it (P21, invariant 6), or none is wanted; before that one that is known to serve is made stale, so that the
 * successor begins with all it had. An unknown location that an old request may still change is left alone
 * until it has settled (P3), unless it is to be attached: a newer generation makes the old request harmless.
 *
 * <p>Properties: pure; no steps means the shard is as intended on every available node, or waits for an event.
 */
public final class ReconcilePlanner {
    private static final ShardPlan NOTHING = new ShardPlan.Nothing();

    private ReconcilePlanner() {}

    /** The plan for a shard that has no work in flight and is not held by an operation. */
    public static ShardPlan plan(ControllerView view, Tenant tenant, Shard shard, long nowMs) {
        List<WorkStep> steps = new ArrayList<>(3);
        boolean mayDemote = mayDemote(tenant, shard);
        long settles = Long.MAX_VALUE;
        if (shard.attached() != null && NodeMoves.isAvailable(view, shard.attached())) {
            settles = attach(steps, tenant, shard, shard.attached(), nowMs);
            if (!steps.isEmpty()) {
                freezeOrigin(steps, view, shard);
            }
        }
        long secondaryHash = LocationFlavour.forSecondary(tenant.config()).hash();
        for (NodeId node : shard.secondaries()) {
            if (!NodeMoves.isAvailable(view, node)) {
                continue;
            }
            ObservedLocation known = shard.observedOn(node);
            if (known != null && isRightSecondary(known, secondaryHash)) {
                settles = Math.min(settles, verify(steps, node, Action.SECONDARY, known, nowMs));
            } else {
                settles = Math.min(settles, add(steps, shard, node, Action.SECONDARY, known, mayDemote, nowMs));
            }
        }
        for (ObservedLocation location : shard.observed()) {
            if (!shard.intends(location.node()) && NodeMoves.isAvailable(view, location.node())) {
                settles = Math.min(
                        settles, add(steps, shard, location.node(), Action.DETACH, location, mayDemote, nowMs));
            }
        }
        if (!steps.isEmpty()) {
            return new ShardPlan.Work(steps, shard.attached() == null);
        }
        return settles == Long.MAX_VALUE ? NOTHING : new ShardPlan.NotBefore(settles);
    }

    private static long attach(List<WorkStep> steps, Tenant tenant, Shard shard, NodeId node, long nowMs) {
        ObservedLocation known = shard.observedOn(node);
        if (known != null && isRightlyAttached(tenant, shard)) {
            return verify(steps, node, Action.ATTACH, known, nowMs);
        }
        steps.add(new WorkStep(node, Action.ATTACH, known, false));
        return Long.MAX_VALUE;
    }

    /** Whoever serves the shard in the newest generation hands it over; where nobody is known to, there is nothing to wait for. */
    private static void freezeOrigin(List<WorkStep> steps, ControllerView view, Shard shard) {
        for (ObservedLocation location : shard.observed()) {
            boolean serves = location.mode() == LocationMode.ATTACHED_SINGLE
                    && location.generation() != null
                    && location.generation().equals(shard.generation());
            if (serves && !location.node().equals(shard.attached()) && NodeMoves.isAvailable(view, location.node())) {
                steps.add(new WorkStep(location.node(), Action.FREEZE, location, false));
            }
        }
    }

    /** A right location that an old request could still change is read once more when that can no longer happen (P3). */
    private static long verify(List<WorkStep> steps, NodeId node, Action action, ObservedLocation known, long nowMs) {
        if (known.settlesAtMs() > nowMs) {
            return known.settlesAtMs();
        }
        if (known.settlesAtMs() != 0) {
            steps.add(new WorkStep(node, action, ObservedLocation.unknown(node, 0), false));
        }
        return Long.MAX_VALUE;
    }

    /** Adds a step if it may be done now; otherwise says when the location settles, or never by itself. */
    private static long add(
            List<WorkStep> steps,
            Shard shard,
            NodeId node,
            Action action,
            @Nullable ObservedLocation known,
            boolean mayDemote,
            long nowMs) {
        boolean harmless = known == null || known.mode() == LocationMode.SECONDARY;
        if (!harmless && !mayDemote) {
            return Long.MAX_VALUE;
        }
        if (known != null && settlesAt(shard, known) > nowMs) {
            return settlesAt(shard, known);
        }
        steps.add(new WorkStep(node, action, known, mayDemote));
        return Long.MAX_VALUE;
    }

    /** Until when a request sent earlier may still change the location: requests of work in flight, until its lease ends. */
    private static long settlesAt(Shard shard, ObservedLocation known) {
        return known.isKnown() ? 0 : Math.max(known.settlesAtMs(), shard.leaseUntilMs());
    }

    /** Whether the attached location is as wanted, its configuration included. */
    public static boolean isRightlyAttached(Tenant tenant, Shard shard) {
        ObservedLocation location = shard.attached() == null ? null : shard.observedOn(shard.attached());
        return location != null
                && shard.isAttachedAsIntended()
                && location.confHash()
                        == LocationFlavour.forAttached(tenant.config(), tenant.wantsHeatmaps(shard))
                                .hash();
    }

    private static boolean isRightSecondary(ObservedLocation location, long confHash) {
        return location.mode() == LocationMode.SECONDARY && location.confHash() == confHash;
    }

    /** Whether an attached location other than the intended one may go: computes know where the shard is now. */
    static boolean mayDemote(Tenant tenant, Shard shard) {
        if (shard.attached() == null) {
            return true;
        }
        boolean computesKnow = tenant.mappingNumber() == 0
                || tenant.isMappingAcknowledged()
                        && !tenant.mapping().isEmpty()
                        && shard.attached().equals(tenant.mapping().get(shard.number()));
        return shard.isAttachedAsIntended() && computesKnow;
    }
}
