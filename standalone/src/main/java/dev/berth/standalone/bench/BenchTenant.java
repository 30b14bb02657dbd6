package dev.berth.standalone.bench;

import dev.berth.sim.location.ShardId;
import java.util.List;
import java.util.stream.IntStream;

/** A tenant that the bench has created. */
record BenchTenant(String id, int count, int secondaries) {
    List<ShardId> shards() {
        return IntStream.range(0, count)
                .mapToObj(number -> new ShardId(id, number, count))
                .toList();
    }
}
