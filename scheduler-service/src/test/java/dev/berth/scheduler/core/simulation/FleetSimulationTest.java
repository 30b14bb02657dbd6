package dev.berth.scheduler.core.simulation;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Large random fleets under faults come to rest, as intended, with zones right and load even. {@code -Dsim.fleets=} for more of them,
 * {@code -Dsim.fleet=} for one, {@code -Dsim.shards=} for how many shards the largest has.
 */
@Tag("simulation")
class FleetSimulationTest {
    private static final int SHARDS_MAX = Integer.getInteger("sim.shards", 2_000);

    static List<Long> seeds() {
        return LongStream.rangeClosed(1, Integer.getInteger("sim.fleets", 2))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void largeFleetsComeToRestAfterTheLastFault(long seed) {
        new FleetHistory(seed, SHARDS_MAX).run();
    }

    @Test
    @EnabledIfSystemProperty(named = "sim.fleet", matches = "\\d+")
    void oneFleet() {
        new FleetHistory(Long.getLong("sim.fleet"), SHARDS_MAX).run();
    }
}
