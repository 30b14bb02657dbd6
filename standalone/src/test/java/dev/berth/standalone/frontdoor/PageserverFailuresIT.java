package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.location.LocationMode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
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

/** Pageservers that die, come back, are cut off, hang and refuse (behaviour 14, rows 1 to 8, 41, 42). */
@ExtendWith(ClusterExtension.class)
class PageserverFailuresIT {
    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 3, Duration.ofSeconds(3));
    }

    @AfterEach
    void everythingComesToRest() {
        cell.heal();
    }

    private static String tenant(int secondaries) {
        String tenant = cell.create(0, secondaries);
        cell.awaitServed(tenant);
        return tenant;
    }

    private static long secondary(String tenant) {
        return cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
    }

    private static void awaitLeft(String tenant, long node) {
        await("tenant " + tenant + " leaves node " + node)
                .atMost(LiveCell.BOUND)
                .until(() -> cell.attachedNode(tenant, 0) != node);
    }

    @Test
    @DisplayName("1: the copy of a dead pageserver is a secondary when it returns")
    void returningPageserverKeepsItsCopyAsASecondary() {
        String tenant = tenant(1);
        long lost = cell.attachedNode(tenant, 0);
        long warm = secondary(tenant);
        cell.pageserver(lost).kill();
        awaitLeft(tenant, lost);
        cell.awaitServed(tenant);

        cell.heal();

        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(warm);
        assertThat(cell.soleHolder(tenant)).contains(warm);
        assertThat(cell.heldAs(lost, tenant)).contains(LocationMode.Secondary);
    }

    @Test
    @DisplayName("2: a quick restart keeps secondaries")
    void secondariesSurviveAQuickRestart() {
        String tenant = tenant(1);
        long node = secondary(tenant);
        long generation = cell.generation(tenant);

        cell.pageserver(node).restart(SimulatedPageserver.Restart.WITH_DISK);
        cell.awaitAvailability(node, "Active");

        assertThat(cell.heldAs(node, tenant)).contains(LocationMode.Secondary);
        assertThat(cell.pageserver(node).journal().changes())
                .filteredOn(change -> change.shard().equals(tenant))
                .extracting(change -> change.mode())
                .containsOnly("Secondary");
        assertThat(cell.generation(tenant)).isEqualTo(generation);
    }

    @Test
    @DisplayName("3: a pageserver that takes long to start is not given up")
    void slowStartIsWarmingUpForLongerThanTheOfflineInterval() {
        String tenant = tenant(1);
        long node = cell.attachedNode(tenant, 0);
        long generation = cell.generation(tenant);
        cell.pageserver(node).knobs().reattachMillis().set(6_000);

        cell.pageserver(node).restart(SimulatedPageserver.Restart.WITH_DISK);
        cell.awaitAvailability(node, "WarmingUp");
        cell.awaitAvailability(node, "Active");

        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(node);
        assertThat(cell.generation(tenant)).isEqualTo(generation + 1);
    }

    @Test
    @DisplayName("4: a wiped pageserver gets its secondaries again")
    void wipedSecondariesAreMadeAgain() {
        String tenant = tenant(1);
        long node = secondary(tenant);

        cell.pageserver(node).restart(SimulatedPageserver.Restart.WITH_EMPTY_DISK);
        cell.awaitAvailability(node, "Active");

        await().atMost(LiveCell.BOUND)
                .until(() -> cell.heldAs(node, tenant).equals(Optional.of(LocationMode.Secondary)));
    }

    @Test
    @DisplayName("5: one hanging location holds up no other")
    void hangingLocationHoldsUpNoOtherShardOfItsPageserver() {
        String stuck = tenant(0);
        long node = cell.attachedNode(stuck, 0);
        FaultRule hanging = FaultRule.of("PUT", stuck + "/location_config", new FaultAction.Hang());
        cell.pageserver(node).faults().add(hanging);
        CompletableFuture<Answer> configured =
                cell.calling("PUT", "/v1/tenant/config", "{\"tenant_id\": \"" + stuck + "\", \"gc_horizon\": 1024}");
        await().atMost(LiveCell.BOUND).until(() -> hanging.hits() > 0);

        List<String> others = List.of(tenant(2), tenant(2), tenant(2));

        assertThat(others)
                .allSatisfy(other -> assertThat(cell.soleHolder(other)).isPresent());
        assertThat(cell.get("/control/v1/node/" + node)
                        .body()
                        .path("availability")
                        .asText())
                .isEqualTo("Active");
        cell.pageserver(node).faults().clear();
        assertThat(configured.join().status()).isEqualTo(200);
    }

    @Test
    @DisplayName("6: a pageserver that only the controller cannot reach loses its shards and its deletions")
    void pageserverThatCannotBeReachedIsReplacedAndItsGenerationIsInvalid() {
        String tenant = tenant(1);
        long cut = cell.attachedNode(tenant, 0);
        long before = cell.generation(tenant);
        cell.pageserver(cut).faults().partition().set(true, false);
        awaitLeft(tenant, cut);
        await().atMost(LiveCell.BOUND)
                .until(() -> cell.computes.nodeOf(tenant, 0).orElse(cut) != cut);

        assertThat(cell.heldAs(cut, tenant)).contains(LocationMode.AttachedSingle);
        assertThat(cell.isValid(tenant, before)).isFalse();
        assertThat(cell.isValid(tenant, cell.generation(tenant))).isTrue();

        cell.heal();
        assertThat(cell.heldAs(cut, tenant)).contains(LocationMode.Secondary);
    }

    @Test
    @DisplayName("7: a pageserver that cannot reach the controller serves on and can be migrated from")
    void pageserverThatCannotCallServesOn() {
        String tenant = tenant(1);
        long cut = cell.attachedNode(tenant, 0);
        long to = secondary(tenant);
        cell.pageserver(cut).faults().partition().set(false, true);

        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);
        assertThat(cell.migrating(tenant, to).join().status()).isEqualTo(200);

        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(to);
        assertThat(cell.get("/control/v1/node/" + cut)
                        .body()
                        .path("availability")
                        .asText())
                .isEqualTo("Active");
    }

    @Test
    @DisplayName("8: a pageserver that flaps while its shard is being failed over")
    void flappingPageserverEndsWithOneAttachment() {
        String tenant = tenant(1);
        long lost = cell.attachedNode(tenant, 0);
        long warm = secondary(tenant);
        FaultRule hanging = FaultRule.of("*", tenant, new FaultAction.Hang());
        cell.pageserver(warm).faults().add(hanging);
        cell.pageserver(lost).kill();
        await().atMost(LiveCell.BOUND).until(() -> hanging.hits() > 0);

        cell.pageserver(lost).start();
        cell.awaitAvailability(lost, "Active");
        cell.pageserver(lost).restart(SimulatedPageserver.Restart.WITH_DISK);
        cell.awaitAvailability(lost, "Active");
        cell.pageserver(warm).faults().clear();

        cell.awaitServed(tenant);
    }

    @Test
    @DisplayName("P19: fail-over does not wait for work that hangs on the dead pageserver")
    void failOverPreemptsRunningWork() {
        String tenant = tenant(1);
        long lost = cell.attachedNode(tenant, 0);
        long warm = secondary(tenant);
        FaultRule hanging = FaultRule.of("PUT", tenant + "/location_config", new FaultAction.Hang());
        cell.pageserver(lost).faults().add(hanging);
        CompletableFuture<Answer> configured =
                cell.calling("PUT", "/v1/tenant/config", "{\"tenant_id\": \"" + tenant + "\", \"gc_horizon\": 2048}");
        await().atMost(LiveCell.BOUND).until(() -> hanging.hits() > 0);

        cell.pageserver(lost).faults().partition().set(true, true);

        await().atMost(LiveCell.BOUND)
                .until(() -> cell.computes.nodeOf(tenant, 0).equals(Optional.of(warm)));
        assertThat(configured.join().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 409, 412, 429, 500, 503})
    @DisplayName("what a pageserver refuses is tried again until it is done")
    void refusedAttachmentIsTriedAgain(int status) {
        for (SimulatedPageserver node : cell.fleet.nodes()) {
            node.faults()
                    .add(FaultRule.of("PUT", "location_config", new FaultAction.Answer(status, "injected"))
                            .times(1));
        }

        String tenant = cell.create(0, 1);

        cell.awaitServed(tenant);
        cell.awaitQuiet();
        assertThat(cell.heldAs(secondary(tenant), tenant)).contains(LocationMode.Secondary);
    }

    @Test
    @DisplayName("41: an attachment whose answer is lost stands, without another generation")
    void attachmentWhoseAnswerIsLostStands() {
        for (SimulatedPageserver node : cell.fleet.nodes()) {
            node.faults()
                    .add(FaultRule.of("PUT", "location_config", new FaultAction.Drop())
                            .afterEffect()
                            .times(1));
        }

        String tenant = cell.create(0, 0);
        cell.awaitServed(tenant);
        cell.awaitQuiet();

        assertThat(cell.generation(tenant)).isEqualTo(1);
        assertThat(cell.soleHolder(tenant)).isPresent();
    }

    @Test
    @DisplayName("42: a request that takes effect long after it was given up is noticed and put right")
    void lateRequestIsPutRight() {
        String tenant = tenant(0);
        long node = cell.attachedNode(tenant, 0);
        FaultRule late = FaultRule.of("PUT", tenant + "/location_config", new FaultAction.Delay(Duration.ofSeconds(8)))
                .times(1);
        cell.pageserver(node).faults().add(late);
        String body = "{\"tenant_id\": \"" + tenant + "\", \"gc_horizon\": %d}";
        CompletableFuture<Answer> first = cell.calling("PUT", "/v1/tenant/config", body.formatted(1111));
        await().atMost(LiveCell.BOUND).until(() -> late.hits() == 1);
        long before = changes(node, tenant);
        first.join();

        assertThat(cell.call("PUT", "/v1/tenant/config", body.formatted(2222)).status())
                .isEqualTo(200);
        await("the second try, the second configuration and then the late request take effect")
                .atMost(LiveCell.BOUND)
                .until(() -> changes(node, tenant) >= before + 3);
        cell.awaitQuiet();

        assertThat(cell.ask(node, "/v1/location_config/" + tenant)
                        .body()
                        .path("tenant_conf")
                        .path("gc_horizon")
                        .asInt())
                .isEqualTo(2222);
        assertThat(cell.generation(tenant)).isEqualTo(1);
    }

    private static long changes(long node, String shard) {
        return cell.pageserver(node).journal().changes().stream()
                .filter(change -> change.shard().equals(shard))
                .count();
    }
}
