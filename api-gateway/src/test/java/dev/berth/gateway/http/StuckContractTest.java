package dev.berth.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.fake.Bodies;
import dev.berth.gateway.fake.FakeCell;
import dev.berth.gateway.fake.Http;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.WorkError;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Work that goes on failing, over HTTP. */
class StuckContractTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TENANT = "000000000000000000000000000000a1";
    private static final String OTHER = "000000000000000000000000000000a2";

    private FakeCell cell;
    private Http http;

    @BeforeEach
    void start() {
        cell = FakeCell.start();
        http = cell.http();
        for (int node = 1; node <= 2; node++) {
            http.post("/control/v1/node", Bodies.node(node, "a"));
            cell.heartbeat(NodeId.of(node));
        }
        await().atMost(LONG)
                .until(() -> http.get("/control/v1/node").body().split("\"Active\",\"scheduling\"", -1).length == 3);
        http.post("/v1/tenant", Bodies.tenant(TENANT, 0, 0));
        http.post("/v1/tenant", Bodies.tenant(OTHER, 0, 0));
    }

    @AfterEach
    void close() {
        cell.close();
    }

    private JsonNode stuck(String query) {
        Http.Reply reply = http.get("/control/v1/stuck" + query);
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json();
    }

    private Shard shard(String tenant) {
        return tenant(tenant).shards().getFirst();
    }

    private Tenant tenant(String id) {
        return Objects.requireNonNull(cell.view().state().tenant(TenantId.of(id)));
    }

    /** Asks for a secondary, and lets the pageserver refuse it so many times in a row. */
    private void refuseSecondary(String tenant, int times) {
        http.put("/control/v1/tenant/" + tenant + "/policy", "{\"placement\": {\"Attached\": 1}}");
        for (int attempt = 1; attempt <= times; attempt++) {
            int reached = attempt;
            await().atMost(LONG).until(() -> hurried(tenant));
            cell.report(new ReportShards(
                    "fake",
                    List.of(new ShardReport(
                            TenantShardId.of(tenant),
                            shard(tenant).sequence(),
                            List.of(),
                            List.of(),
                            null,
                            true,
                            new WorkError(WorkError.Kind.REFUSED, "400 the disk says no")))));
            await().atMost(LONG).until(() -> shard(tenant).attempts() >= reached);
        }
    }

    /** Whether work is in flight, with what waits for a pause tried now. */
    private boolean hurried(String tenant) {
        if (!shard(tenant).hasWorkInFlight()) {
            http.post("/debug/v1/reconcile_all", "");
        }
        return shard(tenant).hasWorkInFlight();
    }

    @TestFactory
    Stream<DynamicTest> parametersAreChecked() {
        return new Contract(http, Map.of("tenant", TENANT, "unknown", "ffffffffffffffffffffffffffffffff")).holds("""
                GET /control/v1/stuck                    -> 200 {"shards": [], "next_shard": null, "tenants": [], "next_tenant": null}
                GET /control/v1/stuck?limit=0            -> 400 msg limit must be 1 to 1000
                GET /control/v1/stuck?limit=1001         -> 400 msg limit must be 1 to 1000
                GET /control/v1/stuck?limit=x            -> 400 msg cannot parse query param limit: invalid digit found in string
                GET /control/v1/stuck?shards_after=zz    -> 400 msg cannot parse query param shards_after...
                GET /control/v1/stuck?tenants_after=zz   -> 400 msg cannot parse query param tenants_after...
                PUT /control/v1/tenant/zz/cancel_reconcile              -> 400 msg failed to parse tenant_shard_id
                PUT /control/v1/tenant/{unknown}/cancel_reconcile       -> 404 msg NotFound: Tenant shard {unknown} not found
                PUT /control/v1/tenant/{tenant}-0102/cancel_reconcile   -> 404 msg NotFound: Tenant shard {tenant}-0102 not found
                PUT /control/v1/tenant/{tenant}/cancel_reconcile        -> 200 null
                GET /control/v1/metadata_health/unhealthy               -> 200 {"unhealthy_tenant_shards": []}
                POST /control/v1/metadata_health/update {"healthy_tenant_shards": []} -> 400 msg Failed to parse json request: missing field `unhealthy_tenant_shards`
                POST /control/v1/metadata_health/update {"healthy_tenant_shards": ["zz"], "unhealthy_tenant_shards": []} -> 400 msg Failed to parse json request: healthy_tenant_shards[0]...
                POST /control/v1/metadata_health/update {"healthy_tenant_shards": [], "unhealthy_tenant_shards": ["{tenant}", "{unknown}"]} -> 200 {}
                GET /control/v1/metadata_health/unhealthy               -> 200 {"unhealthy_tenant_shards": ["{tenant}"]}
                POST /control/v1/metadata_health/outdated {"not_scrubbed_for": "soon"} -> 400 msg Failed to parse json request: not_scrubbed_for...
                POST /control/v1/metadata_health/outdated {"not_scrubbed_for": "1h"} -> 200 {"health_records": []}
                POST /control/v1/metadata_health/outdated {"not_scrubbed_for": "0s"} -> 200 like {"health_records": [{"tenant_shard_id": "x", "healthy": true, "last_scrubbed_at": "t"}]}
                """);
    }

    @TestFactory
    Stream<DynamicTest> droppedTenantsAndNodesAreForgottenAtOnce() {
        return new Contract(
                        http, Map.of("tenant", TENANT, "other", OTHER, "unknown", "ffffffffffffffffffffffffffffffff"))
                .holds("""
                POST /debug/v1/tenant/zz/drop           -> 400 msg failed to parse tenant_id
                POST /debug/v1/tenant/{unknown}/drop    -> 200 null
                POST /debug/v1/tenant/{tenant}/drop     -> 200 null
                POST /debug/v1/tenant/{tenant}/drop     -> 200 null
                GET /control/v1/tenant/{tenant}         -> 404 msg NotFound: Tenant {tenant} not found
                GET /control/v1/tenant/{tenant}/placement?at=9999999 -> 404 msg NotFound: No decision about tenant shard {tenant}...
                POST /debug/v1/inspect {"tenant_shard_id": "{tenant}"} -> 200 {"attachment": null}
                POST /debug/v1/node/x/drop              -> 400 msg failed to parse node_id
                POST /debug/v1/node/999/drop            -> 500 msg Node 999 has no row
                POST /debug/v1/node/1/drop              -> 200 null
                GET /control/v1/node/1                  -> 404 msg NotFound: Node 1 not registered
                POST /debug/v1/node/1/drop              -> 500 msg Node 1 has no row
                POST /debug/v1/node/2/drop              -> 200 null
                POST /debug/v1/inspect {"tenant_shard_id": "{other}"} -> 200 {"attachment": null}
                GET /control/v1/tenant/{other}/placement -> 200 like {"tenant_shard_id": "x", "position": 1, "intent": {"attached": null, "secondary": [], "preferred_az_id": "a", "placement": {"Attached": 0}, "scheduling": "Active", "unscheduled": "x"}, "decision": {"position": 1, "at": "t", "command": "RemoveNode", "cause": "node_dropped", "operation": null, "attached": null, "secondary": [], "choices": [], "previous": 1}, "decision_unknown": null, "now": {"attached": {"candidate_count": 0, "candidates": [], "excluded_count": 0, "excluded": []}, "secondary": {"candidate_count": 0, "candidates": [], "excluded_count": 0, "excluded": []}}}
                """);
    }

    @Test
    void workInFlightIsCancelled() {
        cell.workers().hold(true);
        http.put("/control/v1/tenant/" + TENANT + "/policy", "{\"placement\": {\"Attached\": 1}}");
        await().atMost(LONG).until(() -> shard(TENANT).hasWorkInFlight());

        Http.Reply reply = http.put("/control/v1/tenant/" + TENANT + "/cancel_reconcile", "");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.msg()).isEqualTo("Reconcile error on shard " + TENANT + ": Cancelled");
        assertThat(shard(TENANT).hasWorkInFlight()).isFalse();
        assertThat(http.put("/control/v1/tenant/" + TENANT + "/cancel_reconcile", "")
                        .status())
                .isEqualTo(200);
        assertThat(http.get("/metrics").body())
                .contains("storage_controller_reconcile_complete_total{status=\"cancel\"} 1.0");
    }

    @Test
    void migrationIsCancelledOrTheCallerIsToldThatItDoesNotEnd() {
        cell.workers().holdOperations(true);
        long to = shard(TENANT).attached().value() % 2 + 1;
        http.put(
                "/control/v1/tenant/" + TENANT + "/migrate",
                "{\"node_id\": %d, \"migration_config\": {\"override_scheduler\": true, \"prewarm\": true}}"
                        .formatted(to));
        String migration = http.get("/control/v1/operation?tenant=" + TENANT)
                .json()
                .path("operations")
                .path(0)
                .path("id")
                .asText();

        Http.Reply held = http.put("/control/v1/tenant/" + TENANT + "/cancel_reconcile", "");
        assertThat(held.status()).isEqualTo(408);

        var cancelling = java.util.concurrent.CompletableFuture.supplyAsync(
                () -> http.put("/control/v1/tenant/" + TENANT + "/cancel_reconcile", ""));
        cell.report(new AbortOperation(OperationId.of(migration), "run", List.of(), "Cancelled", null));
        Http.Reply reply = cancelling.join();
        // The abort may be decided before the second request has looked: then nothing runs any more.
        assertThat(reply.status()).as(reply.body()).isIn(200, 500);
        if (reply.status() == 500) {
            assertThat(reply.msg()).isEqualTo("Reconcile error on shard " + TENANT + ": Cancelled");
        }
    }

    @Test
    void aSecondaryThatIsRefusedIsSetAsideWithGrowingPausesAndShownUntilItSucceeds() {
        cell.workers().hold(true);
        refuseSecondary(TENANT, 3);
        assertThat(stuck("").path("shards")).isEmpty();
        refuseSecondary(TENANT, 4);

        JsonNode shown = stuck("").path("shards").path(0);

        assertThat(shown.path("tenant_shard_id").asText()).isEqualTo(TENANT);
        assertThat(shown.path("attempts").asInt()).isGreaterThanOrEqualTo(4);
        assertThat(shown.path("stuck").asBoolean()).isFalse();
        assertThat(shown.path("error").asText()).isEqualTo("400 the disk says no");
        assertThat(stuck("").path("shards")).hasSize(1);
        long pauseMs = shard(TENANT).retryAtMs() - cell.view().state().cell().nowMs();
        assertThat(pauseMs).isBetween(1_000L, 20_000L);
        assertThat(shown.path("next_try_at").asText()).matches("20..-..-..T.*Z");
        await().atMost(LONG).until(() -> metric("storage_controller_pending_reconciles") == 1);
        assertThat(metric("storage_controller_stuck_reconciles")).isZero();

        refuseSecondary(TENANT, 10);
        assertThat(stuck("").path("shards").path(0).path("stuck").asBoolean()).isTrue();
        await().atMost(LONG).until(() -> metric("storage_controller_stuck_reconciles") == 1);

        cell.workers().hold(false);
        await().atMost(LONG).until(() -> {
            http.post("/debug/v1/reconcile_all", "");
            return stuck("").path("shards").isEmpty();
        });
        assertThat(shard(TENANT).attempts()).isZero();
    }

    @Test
    void tenantsWhoseComputesCannotBeToldAreShownInPages() {
        cell.workers().hold(true);
        for (String tenant : List.of(TENANT, OTHER)) {
            failToTell(tenant, 1, 200);
            failToTell(tenant, 8, 20_000);
        }

        JsonNode page = stuck("?limit=1");

        JsonNode first = page.path("tenants").path(0);
        assertThat(page.path("tenants")).hasSize(1);
        assertThat(page.path("next_tenant").asText()).isEqualTo(TENANT);
        assertThat(first.path("tenant_id").asText()).isEqualTo(TENANT);
        assertThat(first.path("attempts").asInt()).isEqualTo(8);
        assertThat(first.path("error").asText()).isEqualTo("control plane answered 500");
        assertThat(first.path("pause_ms").asLong()).isEqualTo(20_000);
        assertThat(first.path("since").asText()).matches("20..-..-..T.*Z");
        assertThat(first.path("next_try_at").asText()).matches("20..-..-..T.*Z");
        JsonNode second = stuck("?limit=1&tenants_after=" + TENANT);
        assertThat(second.path("tenants").path(0).path("tenant_id").asText()).isEqualTo(OTHER);
        assertThat(second.path("next_tenant").isNull()).isTrue();
    }

    private void failToTell(String tenant, int attempts, long pauseMs) {
        cell.report(new ReportMappings(List.of(new MappingReport(
                TenantId.of(tenant),
                tenant(tenant).incarnation(),
                tenant(tenant).mappingNumber(),
                MappingReport.Result.FAILED,
                "control plane answered 500",
                attempts,
                pauseMs))));
        await().atMost(LONG)
                .until(() -> tenant(tenant).notifyError() != null
                        && tenant(tenant).notifyError().attempts() == attempts);
    }

    @Test
    void processMetricsHaveTheNamesOfTheOriginal() {
        String text = http.get("/metrics").body();

        for (String name : List.of(
                "process_open_fds",
                "process_max_fds",
                "process_virtual_memory_bytes",
                "process_resident_memory_bytes",
                "process_cpu_seconds_total",
                "process_threads",
                "process_start_time_seconds",
                "libmetrics_disk_io_bytes_total{io_operation=\"read\"}",
                "libmetrics_disk_io_bytes_total{io_operation=\"write\"}",
                "libmetrics_maxrss_kb{io_operation=\"read\"}")) {
            assertThat(text).contains("\n" + name + " ");
        }
        assertThat(text).contains("\nlibmetrics_build_info{build_tag=\"dev\",revision=\"unknown\"} 1");
        assertThat(metric("process_resident_memory_bytes")).isGreaterThan(1e7);
        double scrapes = metric("libmetrics_serve_count");
        assertThat(metric("libmetrics_serve_count")).isEqualTo(scrapes + 1);
    }

    /** Gauges of the cell are counted anew only now and then. */
    private double metric(String name) {
        String text = http.get("/metrics").body();
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(text);
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }
}
