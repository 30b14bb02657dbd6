package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.log.LogClients;
import dev.berth.schemas.wire.Topics;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import dev.berth.standalone.parts.PartFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rules of log and ledger as seen from outside: P10, P11, P12, P14, P23, P24. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class LogRulesIT {
    private BerthCluster cluster;
    private LiveCell cell;

    @BeforeAll
    void start() {
        cluster = BerthCluster.create("log-rules");
        cell = LiveCell.start(cluster, 2);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void p10StartIsRefusedWhereLogAndLedgerAreNotOneCellAndSaysWhatDiffers() throws Exception {
        try (BerthCluster other = BerthCluster.create("mismatch")) {
            LiveCell torn = LiveCell.start(other, 0);
            LedgerSql.execute(other, "UPDATE cell SET kafka_cluster_id = 'elsewhere'");

            assertThatThrownBy(torn::restartServices)
                    .isInstanceOf(PartFailure.class)
                    .hasMessageContaining(other.cell())
                    .hasMessageContaining("Kafka cluster id differs: elsewhere in the ledger");
        }
    }

    @Test
    void p11PoisonIsPutAsideWithItsReasonAndTheNextCommandIsDecided() throws Exception {
        Topics topics = new Topics(cluster.cell());
        LogClients clients = new LogClients(cluster.bootstrapServers());
        try (Producer<byte[], byte[]> producer = clients.producer("poison")) {
            byte[] garbage = "{\"not\": \"a command\"}".getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(topics.commands(), 0, null, garbage))
                    .get(10, TimeUnit.SECONDS);
        }

        cell.create(0, 0);

        List<String> letters = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topics.deadLetters(), 0);
        try (Consumer<byte[], byte[]> reader = clients.reader("letters")) {
            reader.assign(List.of(partition));
            reader.seekToBeginning(List.of(partition));
            await("the dead letter is readable").atMost(LiveCell.BOUND).until(() -> {
                reader.poll(Duration.ofMillis(100)).forEach(record -> letters.add(text(record.value())));
                return !letters.isEmpty();
            });
        }
        assertThat(letters)
                .anySatisfy(letter -> assertThat(letter).contains("a command").containsPattern("\"reason\":\"[^\"]+"));
    }

    @Test
    void p12RepeatedCommandGetsTheStoredOutcomeAndIsDoneOnce() {
        String id = UUID.randomUUID().toString();
        String tenant = cell.create(0, 1);
        String config = "{\"tenant_id\": \"" + tenant + "\", \"gc_horizon\": %d}";
        Map<String, String> named = Map.of("Berth-Command-Id", id);
        assertThat(cell.call("PUT", "/v1/tenant/config", config.formatted(1), named)
                        .status())
                .isEqualTo(200);
        assertThat(cell.call("PUT", "/v1/tenant/config", config.formatted(2)).status())
                .isEqualTo(200);

        Answer repeated = cell.call("PUT", "/v1/tenant/config", config.formatted(1), named);

        assertThat(repeated.status()).isEqualTo(200);
        assertThat(cell.get("/v1/tenant/" + tenant + "/config")
                        .body()
                        .path("tenant_specific_overrides")
                        .path("gc_horizon")
                        .asInt())
                .as("the repeat did not overwrite what came after the first")
                .isEqualTo(2);
    }

    @Test
    void p14AnotherGatewayShowsWhatTheFirstHasAnsweredAndWaitsForANamedPosition() throws Exception {
        LiveCell.Gateway second = cell.startGateway();
        for (int i = 0; i < 10; i++) {
            String tenant = cell.create(0, 0);
            assertThat(second.get("/control/v1/tenant/" + tenant, Map.of()).status())
                    .isEqualTo(200);
        }
        String tenant = LiveCell.newTenant();
        String position = cell.position("POST", "/v1/tenant", "{\"new_tenant_id\": \"" + tenant + "\"}");

        Answer read = second.get("/control/v1/tenant/" + tenant, Map.of("Berth-Position", position));

        assertThat(read.status()).isEqualTo(200);
        assertThat(read.body().path("shards")).hasSize(1);
    }

    @Test
    void p23TenantThatIsBeingDeletedAcceptsNothingElse() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet();
        long to = cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
        FaultRule held = FaultRule.of("*", "/v1/tenant/" + tenant, new FaultAction.Hang());
        cell.fleet.nodes().forEach(node -> node.faults().add(held));

        CompletableFuture<Answer> deletion = LaterAnswer.to(() -> cell.call("DELETE", "/v1/tenant/" + tenant, null));
        await("the deletion is at work").atMost(LiveCell.BOUND).until(() -> held.hits() > 0);

        String timeline = "{\"new_timeline_id\": \"" + LiveCell.newTenant() + "\", \"pg_version\": 16}";
        List<Answer> refused = List.of(
                cell.migrate(tenant, to),
                cell.call("POST", "/v1/tenant/" + tenant + "/timeline", timeline),
                cell.call("POST", "/v1/tenant", "{\"new_tenant_id\": \"" + tenant + "\"}"));
        cell.fleet.nodes().forEach(node -> node.faults().clear());

        assertThat(refused)
                .allSatisfy(answer ->
                        assertThat(answer.status()).as(answer.toString()).isIn(404, 409));
        assertThat(deletion).succeedsWithin(Duration.ofSeconds(60));
        await("the tenant is gone")
                .atMost(LiveCell.BOUND)
                .until(() -> cell.get("/control/v1/tenant/" + tenant).status() == 404);
        cell.awaitQuiet(Duration.ofSeconds(60));
        cell.checkInvariants();
    }

    @Test
    void p24ReconcileAllCountsWhatIsOutstandingAndThenAnswersZero() {
        String tenant = cell.create(0, 1);
        cell.awaitQuiet();
        cell.computes.behave(tenant, new dev.berth.sim.controlplane.RecordingControlPlane.Behaviour.Status(503, -1));
        long to = cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
        LaterAnswer.to(() -> cell.migrate(tenant, to));
        await("computes are to be told").atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenant, 0) == to);

        Answer busy = cell.call("POST", "/debug/v1/reconcile_all", null);
        assertThat(busy.status()).isEqualTo(200);
        assertThat(busy.body().asInt()).isPositive();

        cell.computes.behave(tenant, null);
        cell.awaitQuiet(Duration.ofSeconds(60));
        assertThat(cell.computes.nodeOf(tenant, 0)).contains(to);
        cell.checkInvariants();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
