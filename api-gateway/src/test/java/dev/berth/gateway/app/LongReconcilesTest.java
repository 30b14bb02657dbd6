package dev.berth.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.EventRecord;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LongReconcilesTest {
    private static final TenantShardId SHARD = new TenantShardId(new TenantId(1, 2), 3, 8);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private boolean underWay = true;
    private long nanos = 5;
    private final LongReconciles reconciles =
            new LongReconciles((shard, sequence) -> underWay, Duration.ofSeconds(120), registry, () -> nanos);

    @AfterEach
    void close() {
        reconciles.close();
    }

    @Test
    void isCountedFromTheThresholdOnUntilItEnds() {
        folded(issued(7));
        passed(Duration.ofSeconds(120));
        assertThat(series()).isEmpty();

        passed(Duration.ofSeconds(1));
        passed(Duration.ofSeconds(1));

        assertThat(series())
                .containsExactly(
                        "storage_controller_reconcile_long_running_total{sequence=\"7\",shard_number=\"3\",tenant_id=\""
                                + SHARD.tenant() + "\"} 1.0");

        folded(new WorkEnded(SHARD, 7, null, 0, 0));
        assertThat(series()).isEmpty();
    }

    @Test
    void workThatIsIssuedAnewBeginsAnew() {
        folded(issued(7));
        passed(Duration.ofSeconds(121));

        folded(issued(8));

        assertThat(series()).isEmpty();
        passed(Duration.ofSeconds(121));
        assertThat(series()).singleElement().asString().contains("sequence=\"8\"");
    }

    @Test
    void workThatIsGoneWithoutAWordIsForgotten() {
        folded(issued(7));
        passed(Duration.ofSeconds(121));
        assertThat(series()).hasSize(1);

        underWay = false;
        passed(Duration.ofSeconds(1));

        assertThat(series()).isEmpty();
    }

    private void passed(Duration time) {
        nanos += time.toNanos();
        reconciles.look();
    }

    private List<String> series() {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith("storage_controller_reconcile_long_running"))
                .toList();
    }

    private static WorkIssued issued(long sequence) {
        return new WorkIssued(SHARD, sequence, 10_000, Priority.NORMAL, false, List.of());
    }

    private void folded(Event event) {
        reconciles.accept(new EventRecord(
                1, 1, new CommandId("c"), "Test", new Outcome.Accepted(new Reply.Done()), List.of(event)));
    }
}
