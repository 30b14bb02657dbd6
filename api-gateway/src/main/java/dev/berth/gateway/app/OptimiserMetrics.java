package dev.berth.gateway.app;

import dev.berth.gateway.command.Cell;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OptimiserIndex;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.ShardHeld;
import dev.berth.schemas.event.ShardMoveBegun;
import dev.berth.schemas.event.ShardMoveEnded;
import dev.berth.schemas.wire.EventRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** What the optimiser does, by what the log says of it (http-api 17.1), and how much it has before it. */
final class OptimiserMetrics implements Consumer<EventRecord> {
    private final Counter begun;
    private final Counter moved;
    private final Counter givenUp;
    private final Counter held;

    OptimiserMetrics(Cell cell, MeterRegistry registry) {
        begun = registry.counter("storage_controller_schedule_optimization");
        moved = registry.counter("controller_optimiser_moves", "result", "moved");
        givenUp = registry.counter("controller_optimiser_moves", "result", "given_up");
        held = registry.counter("controller_optimiser_holds");
        gauge(
                cell,
                registry,
                "controller_optimiser_moving_shards",
                index -> index.moving().size());
        gauge(
                cell,
                registry,
                "controller_optimiser_held_shards",
                index -> index.held().size());
        gauge(
                cell,
                registry,
                "controller_optimiser_misplaced_shards",
                index -> index.misplaced().size());
    }

    private static void gauge(Cell cell, MeterRegistry registry, String name, ToIntFunction<OptimiserIndex> count) {
        Gauge.builder(name, () -> {
                    ControllerView state = cell.stateIfReady();
                    return state == null ? 0 : count.applyAsInt(state.optimiser());
                })
                .register(registry);
    }

    @Override
    public void accept(EventRecord record) {
        for (Event event : record.events()) {
            switch (event) {
                case ShardMoveBegun begins -> begun.increment();
                case ShardMoveEnded ends -> (ends.moved() ? moved : givenUp).increment();
                case ShardHeld hold when hold.reason() != null -> held.increment();
                default -> {}
            }
        }
    }
}
