package dev.berth.workflows.port;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardMove.Action;
import dev.berth.schemas.model.Unsettled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The shards of a node that an operation is to empty: each is there, on its way, or gone. */
public final class FakeMoves {
    private enum Where {
        HERE,
        LEAVING,
        GONE
    }

    private final NodeId to;
    private final NavigableMap<TenantShardId, Where> shards = new TreeMap<>();
    private final Map<TenantShardId, String> staying = new HashMap<>();
    private final Map<TenantShardId, String> waiting = new HashMap<>();
    private int largestBatch;
    private int inFlightMost;
    private boolean settles = true;
    private int perPart = Integer.MAX_VALUE;

    FakeMoves(NodeId to) {
        this.to = to;
    }

    public synchronized void here(TenantShardId shard) {
        shards.put(shard, Where.HERE);
    }

    public synchronized void stays(TenantShardId shard, String reason) {
        here(shard);
        staying.put(shard, reason);
    }

    public synchronized void waits(TenantShardId shard, String reason) {
        here(shard);
        waiting.put(shard, reason);
    }

    public synchronized void waitsNoMore(TenantShardId shard) {
        waiting.remove(shard);
    }

    /** Whether what was moved arrives. */
    public synchronized void settles(boolean answer) {
        settles = answer;
    }

    /** How many shards a part of a plan looks at. */
    public synchronized void perPart(int shardsLookedAt) {
        perPart = shardsLookedAt;
    }

    public synchronized long gone() {
        return shards.values().stream().filter(Where.GONE::equals).count();
    }

    public synchronized int largestBatch() {
        return largestBatch;
    }

    public synchronized int inFlightMost() {
        return inFlightMost;
    }

    synchronized NodePlan plan(@Nullable TenantShardId after, int room) {
        List<ShardMove> moves = new ArrayList<>();
        List<TenantShardId> underWay = new ArrayList<>();
        List<Skipped> waits = new ArrayList<>();
        List<Skipped> stays = new ArrayList<>();
        TenantShardId last = null;
        int looked = 0;
        long left = shards.values().stream().filter(Where.HERE::equals).count();
        for (TenantShardId shard :
                after == null ? shards.keySet() : shards.tailMap(after, false).keySet()) {
            if (moves.size() + underWay.size() == room || looked++ == perPart) {
                return new NodePlan(moves, underWay, waits, stays, last, left);
            }
            last = shard;
            switch (shards.get(shard)) {
                case HERE -> {
                    if (staying.containsKey(shard)) {
                        stays.add(new Skipped(shard, staying.get(shard)));
                    } else if (waiting.containsKey(shard)) {
                        waits.add(new Skipped(shard, waiting.get(shard)));
                    } else {
                        moves.add(new ShardMove(shard, Action.PROMOTE, to));
                    }
                }
                case LEAVING -> underWay.add(shard);
                case GONE -> {}
            }
        }
        return new NodePlan(moves, underWay, waits, stays, null, left);
    }

    synchronized List<Skipped> move(List<ShardMove> moves) {
        List<Skipped> refused = new ArrayList<>();
        for (ShardMove move : moves) {
            if (shards.get(move.shard()) == Where.HERE) {
                shards.put(move.shard(), Where.LEAVING);
            } else {
                refused.add(new Skipped(move.shard(), "there is nothing left to do for it"));
            }
        }
        largestBatch = Math.max(largestBatch, moves.size());
        inFlightMost = Math.max(inFlightMost, (int)
                shards.values().stream().filter(Where.LEAVING::equals).count());
        return refused;
    }

    synchronized Unsettled settle(List<TenantShardId> asked) {
        if (settles) {
            asked.forEach(shard -> shards.put(shard, Where.GONE));
        }
        List<TenantShardId> left =
                asked.stream().filter(shard -> shards.get(shard) != Where.GONE).toList();
        return new Unsettled(left, left.isEmpty() ? null : left.getFirst() + ": it is being attached");
    }
}
