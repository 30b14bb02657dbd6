package dev.berth.scheduler.core.simulation;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Thousands of seeded histories of commands and faults; {@code -Dseeds=} for more, {@code -Dsim.seed=} for one. */
@Tag("simulation")
class SimulationTest {
    private static final int STEPS = 24;

    @Test
    void everyHistoryEndsAsIntended() {
        int seeds = Integer.getInteger("seeds", 10_000);
        long first = Long.getLong("sim.first", 1);

        Optional<AssertionError> failure = LongStream.range(first, first + seeds)
                .parallel()
                .mapToObj(SimulationTest::failureOf)
                .flatMap(Optional::stream)
                .findAny();

        failure.ifPresent(one -> {
            throw one;
        });
    }

    private static Optional<AssertionError> failureOf(long seed) {
        try {
            new History(seed, STEPS).run();
            return Optional.empty();
        } catch (AssertionError failure) {
            return Optional.of(shrunk(seed, failure));
        }
    }

    /** The shortest run of the same seed that fails says most. */
    private static AssertionError shrunk(long seed, AssertionError failure) {
        for (int steps = 1; steps < STEPS; steps++) {
            try {
                new History(seed, steps).run();
            } catch (AssertionError shorter) {
                return shorter;
            }
        }
        return failure;
    }

    @Test
    @EnabledIfSystemProperty(named = "sim.seed", matches = "\\d+")
    void oneSeed() {
        new History(Long.getLong("sim.seed"), Integer.getInteger("sim.steps", STEPS)).run();
    }
}
