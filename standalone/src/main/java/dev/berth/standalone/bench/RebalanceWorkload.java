package dev.berth.standalone.bench;

import dev.berth.sim.NodeOptions;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.node.NodeSettings;
import dev.berth.standalone.bench.Report.Goal;
import dev.berth.standalone.client.CallFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All shards of a zone are on two of its ten nodes, the optimiser is told to even that out. The zone is made for it and stays: nothing is
 * measured after it.
 */
final class RebalanceWorkload implements Workload {
    private static final String ZONE = "zone-of-the-pile";
    private static final int NODES = 10;
    private static final int PILED_ON = 2;
    private static final int PER_TENANT = 8;
    private static final int CALLERS = 64;
    private static final int BUDGET = 256;
    /** Nodes may differ by so much from the average, and by one shard, when it is called even. */
    private static final double TOLERANCE = 0.05;

    @Override
    public String name() {
        return "rebalance";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        List<Long> others = idsOf(cell.fleet().nodes());
        List<SimulatedPageserver> zone = addZone(cell);
        Set<Long> full = Set.copyOf(idsOf(zone.subList(0, PILED_ON)));
        int tenants = Math.ceilDiv(cell.sizes().shards(), PER_TENANT);
        int shards = tenants * PER_TENANT;
        try {
            schedule(cell, others, "Pause");
            schedule(cell, idsOf(zone.subList(PILED_ON, NODES)), "Pause");
            Sample sample =
                    cell.callers(CALLERS).times(tenants, (connection, index) -> cell.create(connection, PER_TENANT, 0));
            report.failuresOf("preparation", sample);
            cell.settle();
            schedule(cell, idsOf(zone.subList(PILED_ON, NODES)), "Active");
            int toMove = zone.stream()
                    .filter(node -> full.contains(node.id()))
                    .mapToInt(node -> cell.attachedAt(node).size() - shards / NODES)
                    .sum();
            long begun = System.nanoTime();
            optimise(cell, """
                    {"mode": "on", "load": "on", "moves_max": %1$d, "moves_per_node_max": %1$d, "moves_per_zone_max": %1$d}""".formatted(BUDGET));
            BenchCell.await("the pile is even", () -> isEven(cell, zone, shards));
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            report.row(
                    Sample.count(shards) + " shards on 2 of 10 nodes, budget of " + BUDGET + " moves",
                    Sample.count(toMove * 1e9 / took.toNanos()) + " moves/s, even after " + Sample.seconds(took),
                    new Goal("100 /s", "1,000 /s"));
            optimise(cell, "{\"mode\": \"off\"}");
            schedule(cell, others, "Active");
        } catch (CallFailure e) {
            report.wrong("the pile could not be made or evened out: " + e.getMessage());
        }
        cell.examine(report);
    }

    private static List<SimulatedPageserver> addZone(BenchCell cell) throws InterruptedException {
        int before = cell.fleet().nodes().size();
        List<SimulatedPageserver> added = new ArrayList<>();
        for (int id = before + 1; id <= before + NODES; id++) {
            SimulatedPageserver node = cell.fleet()
                    .add(NodeOptions.of(id)
                            .withZone(ZONE)
                            .withController(cell.uri())
                            .withSettings(NodeSettings.quiet()));
            node.start();
            added.add(node);
        }
        BenchCell.await(
                "the nodes of the pile are Active",
                () -> cell.api().nodes().stream()
                                .filter(node -> node.availability().equals("Active"))
                                .count()
                        == before + NODES);
        return added;
    }

    private static boolean isEven(BenchCell cell, List<SimulatedPageserver> zone, int shards) {
        double average = (double) shards / NODES;
        return zone.stream()
                .mapToInt(node -> cell.attachedAt(node).size())
                .allMatch(attached -> Math.abs(attached - average) <= Math.max(1, average * TOLERANCE));
    }

    private static void schedule(BenchCell cell, List<Long> nodes, String policy) throws CallFailure {
        for (long node : nodes) {
            cell.api()
                    .http()
                    .put(
                            "/control/v1/node/" + node + "/config",
                            "{\"node_id\": " + node + ", \"scheduling\": \"" + policy + "\"}");
        }
    }

    private static void optimise(BenchCell cell, String settings) throws CallFailure {
        cell.api().http().put("/control/v1/optimiser", settings);
    }

    private static List<Long> idsOf(List<SimulatedPageserver> nodes) {
        return nodes.stream().map(SimulatedPageserver::id).toList();
    }
}
