package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.plan.Fingerprints;
import dev.berth.scheduler.core.plan.LoadBalancer;
import dev.berth.scheduler.core.plan.OptimiserLimits;
import dev.berth.scheduler.core.plan.ShardOptimiser;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.OptimiserState;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.event.OptimiserConfigured;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.reply.RejectionReason;
import org.jspecify.annotations.Nullable;

/** When the optimiser has something to do, and what it is told (behaviour 10.2). */
final class OptimiserDecider {
    private OptimiserDecider() {}

    static Decision configure(Draft draft, ConfigureOptimiser command) {
        OptimiserSettings now = draft.view().cell().optimiser().settings();
        OptimiserSettings wanted = new OptimiserSettings(
                command.mode() == null ? now.mode() : command.mode(),
                command.load() == null ? now.load() : command.load(),
                or(command.movesMax(), now.movesMax()),
                or(command.movesPerNodeMax(), now.movesPerNodeMax()),
                or(command.movesPerZoneMax(), now.movesPerZoneMax()),
                or(command.movesPerTenantMax(), now.movesPerTenantMax()),
                or(command.movesPerHourMax(), now.movesPerHourMax()));
        String wrong = wrong(wanted);
        if (wrong != null) {
            return Draft.rejected(RejectionReason.INVALID, wrong);
        }
        if (!wanted.equals(now)) {
            draft.add(new OptimiserConfigured(wanted));
            lookNow(draft);
        }
        return draft.done();
    }

    /** Whoever changes the settings, or asks for quiet, need not wait for the next round. Returns how many shards are being moved or were changed. */
    static int lookNow(Draft draft) {
        return hasSomethingToDo(draft.view()) ? OptimiserPass.run(draft) : 0;
    }

    private static int or(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private static @Nullable String wrong(OptimiserSettings settings) {
        int[] moves = {
            settings.movesMax(), settings.movesPerNodeMax(), settings.movesPerZoneMax(), settings.movesPerTenantMax()
        };
        for (int max : moves) {
            if (max < 1 || max > OptimiserSettings.MOVES_MAX) {
                return "limits of moves under way must be from 1 to " + OptimiserSettings.MOVES_MAX;
            }
        }
        boolean countable =
                settings.movesPerHourMax() >= 1 && settings.movesPerHourMax() <= OptimiserSettings.MOVES_PER_HOUR_MAX;
        return countable ? null : "moves per hour must be from 1 to " + OptimiserSettings.MOVES_PER_HOUR_MAX;
    }

    static Decision warm(Draft draft, ReportWarmCopies report) {
        report.copies().forEach(copy -> OptimiserMoves.warm(draft, copy));
        return draft.done();
    }

    /** What has just come up may go again by itself, or be what an operator wants to look at: it is left for the time of a round. */
    static void tick(Draft draft) {
        ControllerView view = draft.view();
        if (dueAt(view) > draft.now()) {
            return;
        }
        if (view.cell().optimiser().nextPassAtMs() == 0 && hasSomethingToDo(view)) {
            OptimiserPass.plan(draft);
        } else {
            OptimiserPass.run(draft);
        }
    }

    /** State time at which a pass has something to do; {@link Long#MAX_VALUE} for never. The cost is the number of nodes. */
    static long dueAt(ControllerView view) {
        OptimiserState optimiser = view.cell().optimiser();
        if (hasSomethingToDo(view)) {
            return optimiser.nextPassAtMs();
        }
        if (optimiser.settings().mode() == OptimiserMode.OFF) {
            return Long.MAX_VALUE;
        }
        long next = view.optimiser().nextHoldOverMs();
        for (NodeLoad load : view.placement().loads()) {
            Node node = load.node();
            boolean willBeLost = node.availability() == NodeAvailability.OFFLINE
                    && load.total() > load.attached()
                    && !ShardOptimiser.isLost(view, node.id(), view.cell().nowMs());
            if (willBeLost) {
                next = Math.min(next, node.since() + OptimiserLimits.LOST_AFTER_MS);
            }
        }
        return Math.max(next, optimiser.nextPassAtMs());
    }

    /** Whether a pass now would look at anything. */
    static boolean hasSomethingToDo(ControllerView view) {
        if (!view.optimiser().moving().isEmpty()) {
            return true;
        }
        OptimiserState optimiser = view.cell().optimiser();
        if (optimiser.settings().mode() == OptimiserMode.OFF) {
            return false;
        }
        long nowMs = view.cell().nowMs();
        if (optimiser.cursor() != null || optimiser.loadCursor() != null) {
            return true;
        }
        boolean concernsPlaces = hasCandidates(view, nowMs)
                || optimiser.advice().stream().anyMatch(advice -> advice.move().reason() != MoveReason.LOAD);
        if (concernsPlaces && Fingerprints.ofPlaces(view, nowMs) != optimiser.settled()) {
            return true;
        }
        boolean concernsLoad = optimiser.settings().load() != OptimiserMode.OFF
                && (LoadBalancer.isUneven(view)
                        || optimiser.advice().stream()
                                .anyMatch(advice -> advice.move().reason() == MoveReason.LOAD));
        return concernsLoad && Fingerprints.ofLoad(view) != optimiser.even();
    }

    private static boolean hasCandidates(ControllerView view, long nowMs) {
        if (!view.optimiser().misplaced().isEmpty()) {
            return true;
        }
        for (NodeLoad load : view.placement().loads()) {
            if (load.total() > load.attached()
                    && ShardOptimiser.isLost(view, load.node().id(), nowMs)) {
                return true;
            }
        }
        return false;
    }
}
