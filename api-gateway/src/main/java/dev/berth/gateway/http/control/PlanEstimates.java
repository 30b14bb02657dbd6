package dev.berth.gateway.http.control;

import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationPlan.Child;
import dev.berth.schemas.model.OperationPlan.Estimate;
import dev.berth.schemas.model.OperationPlan.Move;
import java.util.List;

/**
 * How long an operation is expected to take. The model is coarse: so many moves at once, each so long, and what has to be downloaded at so
 * much a second. What it assumes is told with it.
 */
final class PlanEstimates {
    /** What operations on nodes have in flight (behaviour 5.7). */
    private static final int NODE_MOVES_AT_ONCE = 64;
    /** What a forced deletion asks for at once and does not wait for. */
    private static final int FORCED_MOVES_AT_ONCE = 256;

    /** A hand-over: the origin writes out what it holds, the successor attaches, computes are told. */
    private static final long MS_PER_MOVE = 2_000;

    private static final long MS_PER_FORCED_MOVE = 200;
    /** A live migration of one shard, whose steps follow each other. */
    private static final long MS_PER_MIGRATION = 5_000;
    /** All parents are split at once. */
    private static final long MS_PER_SPLIT = 15_000;

    /** Of one destination that downloads from the object store. */
    private static final long BYTES_PER_SECOND = 100L << 20;

    private PlanEstimates() {}

    static Estimate of(OperationRequest what, List<Move> moves, List<Child> children) {
        return switch (what) {
            case DrainNode drain -> of(moves, NODE_MOVES_AT_ONCE, MS_PER_MOVE, true);
            case FillNode fill -> of(moves, NODE_MOVES_AT_ONCE, MS_PER_MOVE, true);
            case DeleteNode delete ->
                delete.removal() == NodeRemoval.GRACEFUL
                        ? of(moves, NODE_MOVES_AT_ONCE, MS_PER_MOVE, true)
                        : of(moves, FORCED_MOVES_AT_ONCE, MS_PER_FORCED_MOVE, false);
            case MigrateShard migrate ->
                of(moves, 1, MS_PER_MIGRATION, migrate.order().prewarm());
            case SplitTenant split ->
                new Estimate(
                        0,
                        0,
                        children.isEmpty() ? 0 : MS_PER_SPLIT,
                        Math.max(1, (int)
                                children.stream().map(Child::parent).distinct().count()),
                        MS_PER_SPLIT,
                        BYTES_PER_SECOND);
        };
    }

    /** @param warms whether destinations are waited for */
    private static Estimate of(List<Move> moves, int atOnce, long msPerMove, boolean warms) {
        long bytes = 0;
        int unknown = 0;
        for (Move move : moves) {
            if (move.bytesToWarm() == null) {
                unknown++;
            } else {
                bytes += move.bytesToWarm();
            }
        }
        long rounds = (moves.size() + atOnce - 1) / atOnce;
        long downloadMs = warms ? bytes / (BYTES_PER_SECOND / 1_000) : 0;
        return new Estimate(bytes, unknown, rounds * msPerMove + downloadMs, atOnce, msPerMove, BYTES_PER_SECOND);
    }
}
