package dev.berth.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.bench.Report.Goal;
import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi.Shard;
import dev.berth.standalone.client.HttpApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What operations cost that get no further: graceful migrations whose destinations do not become warm, first waiting, then paused. In
 * the end all of them are let go and completed.
 */
final class WaitingWorkload implements Workload {
    private static final int OPERATIONS_MAX = 100;
    /** In parts of the time measured: what has just begun to wait looks often, and what was left does not know it yet. */
    private static final int SETTLING = 3;

    private static final Goal GOAL = new Goal("20 ms", "0 ms");
    private static final String OPEN = "/control/v1/operation?kind=shard_migration&limit=1000&state=";

    @Override
    public String name() {
        return "waiting";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        int operations = Math.min(OPERATIONS_MAX, cell.sizes().operations());
        List<BenchTenant> tenants = cell.prepare(operations, 1, 1, report);
        cell.settle();
        Duration time = cell.sizes().timed().multipliedBy(4);
        Duration idle = Footprint.sum(Footprint.perSecond(cell.processes(), time));
        for (SimulatedPageserver node : cell.fleet().nodes()) {
            node.faults().add(FaultRule.of("POST", "/secondary/download", new FaultAction.Answer(202, "not warm yet")));
        }
        try {
            for (BenchTenant tenant : tenants) {
                migrate(cell, tenant);
            }
            BenchCell.await("all migrations wait", () -> open(cell, "running").size() == operations);
            measure(cell, report, operations + " waiting", time, idle);
            steer(cell, open(cell, "running"), "pause");
            BenchCell.await(
                    "all migrations are paused", () -> open(cell, "paused").size() == operations);
            measure(cell, report, operations + " paused", time, idle);
        } catch (CallFailure e) {
            report.wrong("migrations could not be held: " + e.getMessage());
        } finally {
            cell.fleet().nodes().forEach(node -> node.faults().clear());
        }
        BenchCell.await("all migrations have ended", () -> {
            steer(cell, open(cell, "paused"), "resume");
            return open(cell, "running").isEmpty() && open(cell, "paused").isEmpty();
        });
        cell.settle();
    }

    private static void measure(BenchCell cell, Report report, String what, Duration time, Duration idle)
            throws InterruptedException {
        Thread.sleep(time.multipliedBy(SETTLING));
        Map<String, Duration> used = Footprint.perSecond(cell.processes(), time);
        report.row(
                what + " operations, beyond idle",
                Footprint.sum(used).minus(idle).toMillis() + " ms of CPU per second",
                GOAL);
        report.detail(Footprint.each(used));
    }

    private static void migrate(BenchCell cell, BenchTenant tenant) throws CallFailure {
        Shard shard = cell.api().describe(tenant.id()).getFirst();
        http(cell).put("/control/v1/tenant/" + shard.id() + "/migrate", """
                {"node_id": %d, "migration_config": {"prewarm": true, "override_scheduler": true}}""".formatted(
                        shard.secondaries().getFirst()));
    }

    private static List<String> open(BenchCell cell, String state) throws CallFailure {
        List<String> ids = new ArrayList<>();
        for (JsonNode operation : http(cell).get(OPEN + state).path("operations")) {
            ids.add(operation.path("id").asText());
        }
        return ids;
    }

    private static void steer(BenchCell cell, List<String> operations, String action) throws CallFailure {
        for (String id : operations) {
            http(cell).post("/control/v1/operation/" + id + "/" + action, "{\"reason\": \"measured\"}");
        }
    }

    private static HttpApi http(BenchCell cell) {
        return cell.api().http();
    }
}
