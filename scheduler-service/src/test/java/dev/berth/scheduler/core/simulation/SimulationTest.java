package dev.berth.scheduler.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    /** Evidence that the histories meet what they are to show. */
    @Test
    void historiesCommitAndUndoSplitsAtEveryStage() {
        Map<String, Integer> met = new TreeMap<>();
        for (long seed = 1; seed <= 2_000; seed++) {
            MixedHistory history = new MixedHistory(seed, STEPS);
            history.run();
            history.splitsMet().forEach((what, times) -> met.merge(what, times, Integer::sum));
        }

        assertThat(met)
                .containsKeys(
                        "committed",
                        "committed after preemption",
                        "undone",
                        "undone before it was frozen",
                        "undone after preemption");
    }

    private static Optional<AssertionError> failureOf(long seed) {
        try {
            new MixedHistory(seed, STEPS).run();
            return Optional.empty();
        } catch (AssertionError failure) {
            return Optional.of(shrunk(seed, failure));
        }
    }

    /** The shortest run of the same seed that fails says most. */
    private static AssertionError shrunk(long seed, AssertionError failure) {
        for (int steps = 1; steps < STEPS; steps++) {
            try {
                new MixedHistory(seed, steps).run();
            } catch (AssertionError shorter) {
                return shorter;
            }
        }
        return failure;
    }

    @Test
    @EnabledIfSystemProperty(named = "sim.seed", matches = "\\d+")
    void oneSeed() {
        new MixedHistory(Long.getLong("sim.seed"), Integer.getInteger("sim.steps", STEPS)).run();
    }
}
