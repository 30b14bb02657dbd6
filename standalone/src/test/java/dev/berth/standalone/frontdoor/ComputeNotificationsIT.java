package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.controlplane.MappingRecord;
import dev.berth.sim.controlplane.RecordingControlPlane.Behaviour;
import dev.berth.sim.location.LocationMode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What computes are told, and when they cannot be (P21; behaviour 9 and 14, rows 25 to 28). */
@ExtendWith(ClusterExtension.class)
class ComputeNotificationsIT {
    private static LiveCell cell;
    private String troubled = LiveCell.newTenant();

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 3);
    }

    @AfterEach
    void everythingComesToRest() {
        cell.computes.behave(troubled, null);
        cell.heal();
    }

    private static void create(String tenant, int count, int secondaries) {
        Answer answer = cell.call("POST", "/v1/tenant", """
                {"new_tenant_id": "%s", "placement_policy": {"Attached": %d},
                 "shard_parameters": {"count": %d, "stripe_size": 2048}}""".formatted(tenant, secondaries, count));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    }

    private String attached() {
        create(troubled, 0, 1);
        cell.awaitServed(troubled);
        return troubled;
    }

    private static long secondary(String tenant) {
        return cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
    }

    private static boolean isPending(String tenant) {
        return cell.shards(tenant)
                .getFirst()
                .path("is_pending_compute_notification")
                .asBoolean();
    }

    private static void awaitAnnounced(String tenant, long node) {
        await("computes of " + tenant + " are told of node " + node)
                .atMost(LiveCell.BOUND)
                .until(() -> cell.computes.nodeOf(tenant, 0).equals(Optional.of(node)));
    }

    @Test
    void mappingsOfShardedTenantsAreComplete() {
        create(troubled, 4, 0);
        cell.awaitQuiet();

        assertThat(cell.computes.history(troubled)).allSatisfy(record -> {
            JsonNode mapping = record.mapping();
            assertThat(mapping.path("shards"))
                    .extracting(shard -> shard.path("shard_number").asInt())
                    .containsExactly(0, 1, 2, 3);
            assertThat(mapping.path("stripe_size").asInt()).isEqualTo(2048);
        });
        assertThat(cell.computes.mapping(troubled)).isPresent();
    }

    @Test
    void whatComputesKnowIsNotRepeated() {
        String tenant = attached();
        cell.awaitQuiet();
        int told = cell.computes.history(tenant).size();

        assertThat(cell.call("PUT", "/v1/tenant/config", "{\"tenant_id\": \"" + tenant + "\", \"gc_horizon\": 1024}")
                        .status())
                .isEqualTo(200);
        cell.awaitQuiet();

        assertThat(cell.computes.history(tenant)).hasSize(told);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 423, 429, 500, 503})
    @DisplayName(
            "25, 26, 28: whatever the control plane answers, a tenant is created, and told for as long as it takes")
    void tenantIsCreatedAndToldUntilItIsAccepted(int status) {
        cell.computes.behave(troubled, new Behaviour.Status(status, 1));

        create(troubled, 0, 0);

        awaitAnnounced(troubled, cell.attachedNode(troubled, 0));
        await().atMost(LiveCell.BOUND).until(() -> !isPending(troubled));
        List<MappingRecord> told = cell.computes.history(troubled);
        assertThat(told.getFirst().status()).isEqualTo(status);
        assertThat(told.getLast().mapping()).isEqualTo(told.getFirst().mapping());
    }

    @Test
    @DisplayName("25: one stuck tenant blocks nobody")
    void stuckTenantsHoldUpNoOther() {
        cell.computes.behave(troubled, new Behaviour.Hang());
        create(troubled, 0, 0);

        String other = cell.create(0, 0);

        awaitAnnounced(other, cell.attachedNode(other, 0));
        assertThat(isPending(troubled)).isTrue();
        assertThat(cell.soleHolder(troubled)).isPresent();
    }

    @Test
    @DisplayName("25: the origin stays attached until computes know its successor")
    void originStaysUntilComputesKnow() {
        String tenant = attached();
        long origin = cell.attachedNode(tenant, 0);
        long to = secondary(tenant);
        cell.computes.behave(tenant, new Behaviour.Status(503, -1));
        CompletableFuture<Answer> moving = cell.migrating(tenant, to);
        await().atMost(LiveCell.BOUND).until(() -> refusals(tenant) >= 2);

        assertThat(cell.heldAs(origin, tenant)).contains(LocationMode.AttachedStale);
        assertThat(cell.heldAs(to, tenant)).contains(LocationMode.AttachedMulti);

        cell.computes.behave(tenant, null);
        assertThat(moving.join().status()).isEqualTo(200);
        cell.awaitServed(tenant);
        assertThat(cell.heldAs(origin, tenant)).contains(LocationMode.Secondary);
    }

    private static long refusals(String tenant) {
        return cell.computes.history(tenant).stream()
                .filter(record -> record.status() == 503)
                .count();
    }

    @Test
    @DisplayName("27: after a failed announcement the former place is announced again")
    void formerPlaceIsAnnouncedAgainAfterAFailure() {
        String tenant = attached();
        long first = cell.attachedNode(tenant, 0);
        long second = secondary(tenant);
        cell.computes.behave(tenant, new Behaviour.Status(500, -1));
        declareOffline(first);
        await().atMost(LiveCell.BOUND).until(() -> isToldOf(cell.computes.history(tenant), second));
        cell.awaitAvailability(first, "Active");
        declareOffline(second);
        await().atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenant, 0) == first);
        int refused = cell.computes.history(tenant).size();

        cell.computes.behave(tenant, null);

        await().atMost(LiveCell.BOUND).until(() -> {
            List<MappingRecord> told = cell.computes.history(tenant);
            return isToldOf(told.subList(refused, told.size()), first);
        });
        cell.awaitServed(tenant);
    }

    private static boolean isToldOf(List<MappingRecord> told, long node) {
        return told.stream()
                .anyMatch(record ->
                        record.mapping().path("shards").path(0).path("node_id").asLong() == node);
    }

    private static void declareOffline(long node) {
        Answer answer = cell.call(
                "PUT",
                "/control/v1/node/" + node + "/config",
                "{\"node_id\": " + node + ", \"availability\": \"Offline\"}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    @Test
    void tenantThatWasDetachedIsAnnouncedAnew() {
        String tenant = attached();
        cell.setPolicy(tenant, "\"Detached\"", null);
        cell.awaitQuiet();
        int told = cell.computes.history(tenant).size();

        cell.setPolicy(tenant, "{\"Attached\": 0}", null);

        await().atMost(LiveCell.BOUND).until(() -> cell.computes.history(tenant).size() > told);
        cell.awaitServed(tenant);
    }

    @Test
    void whoeverTakesOverRepeatsWhatTheOneBeforeMayHaveLost() throws Exception {
        String tenant = attached();
        cell.awaitQuiet();
        List<MappingRecord> told = cell.computes.history(tenant);

        cell.restartServices();

        await("the mapping is repeated")
                .atMost(LiveCell.BOUND.multipliedBy(2))
                .until(() -> cell.computes.history(tenant).size() > told.size());
        assertThat(cell.computes.history(tenant).getLast().mapping())
                .isEqualTo(told.getLast().mapping());
    }
}
