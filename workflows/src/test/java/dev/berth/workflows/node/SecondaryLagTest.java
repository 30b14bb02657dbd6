package dev.berth.workflows.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardMove.Action;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.port.PageserverCalls;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecondaryLagTest {
    private static final long LACKS = 1_000;

    @Test
    void secondaryThatLacksMoreThanIsAllowedIsTooColdToTakeOver() throws Exception {
        try (TestBed bed = TestBed.ofNode(OperationKind.NODE_DRAIN, null, 1)) {
            bed.cell.decide(new BeginOperation(TestBed.OPERATION, "run"));

            assertThat(cold(bed, LACKS)).isEmpty();
            assertThat(cold(bed, LACKS - 1))
                    .containsExactly(new Skipped(TestBed.SHARD, "node 2 lacks " + LACKS + " bytes"));
        }
    }

    private static List<Skipped> cold(TestBed bed, long lagBytesMax) {
        String status = "{\"heatmap_mtime\": \"2026-01-02T03:04:05Z\", \"bytes_downloaded\": 500, \"bytes_total\": "
                + (500 + LACKS) + "}";
        PageserverCalls calls = (node, method, path, body, bound) ->
                new PageserverCalls.Answer(200, Json.bytes(Json.parse(status)), "");
        NodeActivities activities = new NodeActivitiesImpl(bed.cell, calls, bed.ledger, bed.cell, lagBytesMax);
        ShardMove move = new ShardMove(TestBed.SHARD, Action.PROMOTE, TestBed.DESTINATION);
        return activities.cold(new OperationRun(TestBed.OPERATION, "run"), List.of(move));
    }
}
