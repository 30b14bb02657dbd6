package dev.berth.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.controlplane.MappingRecord;
import dev.berth.sim.location.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The shards of a dead node, until each is attached elsewhere and computes know. */
final class FailOver {
    private static final Duration BOUND = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(10);

    private final BenchCell cell;
    private final SimulatedPageserver victim;
    private final Map<ShardId, Long> lost;
    private final Map<ShardId, Long> toldAt = new HashMap<>();

    /** To be made before the node is killed. */
    FailOver(BenchCell cell, SimulatedPageserver victim) {
        this.cell = cell;
        this.victim = victim;
        this.lost = cell.attachedAt(victim);
    }

    int shards() {
        return lost.size();
    }

    /** When computes were told of each shard's new place, in milliseconds of the clock, ascending. */
    List<Long> await(long killedAt, Report report) throws InterruptedException {
        long deadline = System.nanoTime() + BOUND.toNanos();
        List<ShardId> open = new ArrayList<>(lost.keySet());
        while (!open.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            open.removeIf(shard -> isTold(shard, killedAt));
        }
        if (!open.isEmpty()) {
            report.wrong(open.size() + " of " + lost.size() + " shards were not moved and told within "
                    + BOUND.toSeconds() + " s, for instance " + open.getFirst());
        }
        objections().forEach(report::wrong);
        return toldAt.values().stream().sorted().toList();
    }

    private boolean isTold(ShardId shard, long since) {
        for (MappingRecord record : cell.computes().history(shard.tenant())) {
            OptionalLong node = record.atMillis() < since ? OptionalLong.empty() : nodeIn(record.mapping(), shard);
            if (node.isPresent() && node.getAsLong() != victim.id()) {
                toldAt.put(shard, record.atMillis());
                return true;
            }
        }
        return false;
    }

    private static OptionalLong nodeIn(JsonNode mapping, ShardId shard) {
        for (JsonNode entry : mapping.path("shards")) {
            if (entry.path("shard_number").asInt() == shard.number()) {
                return OptionalLong.of(entry.path("node_id").asLong());
            }
        }
        return OptionalLong.empty();
    }

    /** Told, but not so. */
    private List<String> objections() {
        Map<ShardId, List<BenchCell.Attachment>> now = cell.attachments();
        return toldAt.keySet().stream()
                .filter(shard -> now.getOrDefault(shard, List.of()).stream()
                        .noneMatch(held -> held.generation() > lost.getOrDefault(shard, 0L)))
                .map(shard -> shard + " was told to be moved, but is attached as " + now.get(shard))
                .limit(3)
                .toList();
    }
}
