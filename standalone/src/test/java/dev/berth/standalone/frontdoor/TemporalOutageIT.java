package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.OwnParts;
import dev.berth.standalone.parts.TemporalBinary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Temporal away at the start, back, away again: only operations wait for it (P19, P22). */
class TemporalOutageIT {
    private static final Duration RECOVERED = Duration.ofSeconds(90);

    @Test
    void withoutTemporalFailOverGoesOnAndOperationsWaitAndFinishWhenItReturns(@TempDir Path folder) {
        Optional<TemporalBinary> binary = TemporalBinary.find();
        assumeTrue(binary.isPresent(), "no temporal program on the PATH or in the cache; `./berth up` fetches it");
        OwnParts parts = new OwnParts(folder).withTemporalDown();
        try (BerthCluster cluster = BerthCluster.on(parts, "temporal-outage")) {
            LiveCell cell = LiveCell.start(cluster, 3, Duration.ofSeconds(2));
            String moved = cell.create(0, 1);
            cell.awaitQuiet();

            long to = secondary(cell, moved);
            assertThat(LaterAnswer.to(() -> cell.migrate(moved, to))).isNotNull();
            await("the migration is accepted").atMost(LiveCell.BOUND).until(() -> operationOpen(cell, moved));

            parts.startTemporal(binary.orElseThrow());
            await("the migration that waited is carried out")
                    .atMost(RECOVERED)
                    .until(() -> cell.computes.nodeOf(moved, 0).orElse(0L) == to);
            cell.awaitQuiet(RECOVERED);

            parts.stopTemporal();
            String deleted = cell.create(0, 0);
            LaterAnswer.to(() -> cell.call("DELETE", "/v1/tenant/" + deleted, null));
            long lost = cell.attachedNode(moved, 0);
            cell.pageserver(lost).kill();
            await("fail-over needs no Temporal")
                    .atMost(LiveCell.BOUND)
                    .until(() -> cell.computes.nodeOf(moved, 0).orElse(lost) != lost);
            cell.pageserver(lost).start();
            cell.awaitAvailability(lost, "Active");

            parts.startTemporal(binary.orElseThrow());
            await("the deletion that waited is carried out")
                    .atMost(RECOVERED)
                    .until(() -> cell.get("/control/v1/tenant/" + deleted).status() == 404);
            cell.awaitQuiet(RECOVERED);
            cell.checkInvariants();
        } finally {
            parts.close();
        }
    }

    private static long secondary(LiveCell cell, String tenant) {
        return cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
    }

    private static boolean operationOpen(LiveCell cell, String tenant) {
        return cell.call("POST", "/debug/v1/reconcile_all", null).body().asInt(0) > 0
                && cell.computes.nodeOf(tenant, 0).isPresent();
    }
}
