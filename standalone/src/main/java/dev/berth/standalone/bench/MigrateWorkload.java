package dev.berth.standalone.bench;

import dev.berth.sim.location.ShardId;
import dev.berth.standalone.bench.HttpConnection.Answer;
import dev.berth.standalone.bench.Report.Goal;
import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shards with a timeline move live to their secondaries; answered when computes know. */
final class MigrateWorkload implements Workload {
    private static final int MANY = 16;

    private record Move(BenchTenant tenant, ShardId shard, int destination) {}

    @Override
    public String name() {
        return "migrate";
    }

    @Override
    public void run(BenchCell cell, Report report) throws InterruptedException {
        int operations = Math.ceilDiv(cell.sizes().operations(), 4);
        measure(cell, report, 1, operations, new Goal("p50 150 ms", "p50 30 ms"));
        measure(cell, report, MANY, operations * 4, new Goal("25 /s", "100 /s"));
        cell.settle();
    }

    private static void measure(BenchCell cell, Report report, int callers, int operations, Goal goal) {
        List<BenchTenant> tenants = cell.prepare(operations, 1, 1, report);
        report.failuresOf(
                "preparation of migrations",
                cell.callers(MANY)
                        .times(
                                tenants.size(),
                                (connection, index) -> cell.createTimeline(connection, tenants.get(index))));
        List<Move> moves = moves(cell, tenants, report);
        String what = "live migration, " + callers + (callers == 1 ? " caller" : " callers");
        Sample sample = cell.callers(callers)
                .times(moves.size(), (connection, index) -> migrate(cell, connection, moves.get(index)));
        report.row(what, sample.latency() + ", " + Sample.count(sample.perSecond()) + " /s", goal);
        report.failuresOf(what, sample);
    }

    private static List<Move> moves(BenchCell cell, List<BenchTenant> tenants, Report report) {
        List<Move> moves = new ArrayList<>();
        for (BenchTenant tenant : tenants) {
            try {
                Shard shard = cell.api().describe(tenant.id()).getFirst();
                moves.add(new Move(
                        tenant, ShardId.parse(shard.id()), shard.secondaries().getFirst()));
            } catch (CallFailure e) {
                report.wrong(String.valueOf(e.getMessage()));
            }
        }
        return moves;
    }

    private static void migrate(BenchCell cell, HttpConnection connection, Move move) throws IOException, WrongAnswer {
        Answer answer = connection.call(
                "PUT", "/control/v1/tenant/" + move.shard() + "/migrate", """
                {"node_id": %d, "migration_config": {"prewarm": false, "override_scheduler": true}}""".formatted(move.destination()));
        WrongAnswer.unless(answer.status() == 200, "migrate " + move.shard(), answer);
        Optional<Long> told =
                cell.computes().nodeOf(move.tenant().id(), move.shard().number());
        if (!told.equals(Optional.of((long) move.destination()))) {
            throw new WrongAnswer("migrate " + move.shard() + " to " + move.destination()
                    + " was answered when computes had been told " + told);
        }
    }
}
