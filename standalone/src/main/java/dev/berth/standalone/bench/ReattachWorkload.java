package dev.berth.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.standalone.bench.Report.Goal;

/** A node that dies and asks again and again what it shall hold. */
final class ReattachWorkload implements Workload {
    private static final int CALLS = 10;

    @Override
    public String name() {
        return "reattach";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        SimulatedPageserver node = cell.busiest();
        int attached = cell.attachedAt(node).size();
        int held = node.locations().size();
        node.kill();
        Sample sample = cell.callers(1).times(CALLS, (connection, index) -> {
            HttpConnection.Answer answer = connection.call(
                    "POST", "/upcall/v1/re-attach", "{\"node_id\": " + node.id() + ", \"register\": null}");
            boolean isRight = answer.status() == 200 && attachedIn(answer.json()) == attached;
            WrongAnswer.unless(isRight, "re-attach of " + attached + " shards", answer);
        });
        report.row(
                "re-attach, " + Sample.count(attached) + " shards attached of " + Sample.count(held) + " held",
                sample.latency(),
                new Goal("40 ms of 2,000", "8 ms of 2,000"));
        report.failuresOf("re-attach", sample);
        cell.bringBack(node);
        cell.examine(report);
    }

    private static int attachedIn(JsonNode answer) {
        int attached = 0;
        for (JsonNode tenant : answer.path("tenants")) {
            attached += tenant.path("mode").asText().startsWith("Attached") ? 1 : 0;
        }
        return attached;
    }
}
