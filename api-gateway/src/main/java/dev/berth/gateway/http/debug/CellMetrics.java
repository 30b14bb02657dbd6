package dev.berth.gateway.http.debug;

import dev.berth.gateway.command.Cell;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/** Gauges of the cell (http-api 17.1), counted anew when they are asked for, at most once a few seconds. */
final class CellMetrics {
    private static final long AGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final Cell cell;
    private final MultiGauge shards;
    private final MultiGauge attached;
    private final MultiGauge home;
    private volatile PlacementCounts counts = new PlacementCounts(0, 0, 0, 0, java.util.Map.of());
    private long countedAt = System.nanoTime() - AGE_NANOS_MAX;

    CellMetrics(Cell cell, MeterRegistry registry) {
        this.cell = cell;
        Gauge.builder("storage_controller_tenant_shards", () -> counts.shards()).register(registry);
        Gauge.builder("storage_controller_schedule_az_violation", () -> counts.azViolations())
                .register(registry);
        Gauge.builder("storage_controller_pending_reconciles", () -> counts.pending())
                .register(registry);
        Gauge.builder("storage_controller_stuck_reconciles", () -> counts.stuck())
                .register(registry);
        Gauge.builder("storage_controller_pageserver_nodes", () -> nodes(node -> 1))
                .register(registry);
        Gauge.builder("storage_controller_https_pageserver_nodes", () -> nodes(CellMetrics::https))
                .register(registry);
        for (String status : List.of("leader", "stepped_down", "candidate")) {
            Gauge.builder("storage_controller_leadership_status", () -> status.equals("leader") ? 1 : 0)
                    .tag("status", status)
                    .register(registry);
        }
        shards = MultiGauge.builder("storage_controller_node_shards").register(registry);
        attached = MultiGauge.builder("storage_controller_node_attached_shards").register(registry);
        home = MultiGauge.builder("storage_controller_node_home_shards").register(registry);
    }

    private static int https(Node node) {
        return node.registration().listenHttpsPort() == null ? 0 : 1;
    }

    private int nodes(ToIntFunction<Node> count) {
        ControllerView state = cell.stateIfReady();
        return state == null
                ? 0
                : state.nodes().values().stream().mapToInt(count).sum();
    }

    synchronized void refresh() {
        ControllerView state = cell.stateIfReady();
        if (state == null || System.nanoTime() - countedAt < AGE_NANOS_MAX) {
            return;
        }
        PlacementCounts now = PlacementCounts.of(state);
        counts = now;
        countedAt = System.nanoTime();
        shards.register(rows(state, now, count -> count.total), true);
        attached.register(rows(state, now, count -> count.attached), true);
        home.register(rows(state, now, count -> count.home), true);
    }

    private static List<MultiGauge.Row<?>> rows(
            ControllerView state, PlacementCounts counts, ToIntFunction<PlacementCounts.Count> value) {
        List<MultiGauge.Row<?>> rows = new java.util.ArrayList<>();
        for (Node node : state.nodes().values()) {
            PlacementCounts.Count count = counts.nodes().get(node.id());
            if (count != null) {
                rows.add(MultiGauge.Row.of(
                        Tags.of(
                                "az",
                                node.availabilityZone(),
                                "node_id",
                                node.id().toString()),
                        value.applyAsInt(count)));
            }
        }
        return rows;
    }
}
