package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.controlplane.RecordingControlPlane.Behaviour;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.location.LocationMode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Live migrations whose pageservers, controller or callers fail at each step (behaviour 14, rows 9 to 18). The cell is only expected to
 * come to rest after all of them: requests of a preempted migration count as possible for half a minute.
 */
@ExtendWith(ClusterExtension.class)
class MigrationFailuresIT {
    private static LiveCell cell;
    private String tenant;
    private String timeline;
    private long origin;
    private long to;
    private long generation;

    @BeforeAll
    static void start(BerthCluster cluster) {
        cell = LiveCell.start(cluster, 3, Duration.ofSeconds(3));
    }

    @AfterAll
    static void everythingComesToRest() {
        cell.heal();
    }

    @BeforeEach
    void createTenantWithATimeline() {
        tenant = cell.create(0, 1);
        timeline = LiveCell.newTenant();
        assertThat(cell.createTimeline(tenant, timeline).status()).isEqualTo(201);
        cell.awaitServed(tenant);
        origin = cell.attachedNode(tenant, 0);
        to = cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
        generation = cell.generation(tenant);
    }

    @AfterEach
    void endFaults() {
        cell.computes.behave(tenant, null);
        cell.endFaults();
    }

    /** The destination is attached beside the origin and does not catch up until it is allowed to. */
    private CompletableFuture<Answer> stalledBesideTheOrigin() {
        cell.pageserver(to).stallLsn(true);
        // Between the last upload of the origin and the look at it some WAL must come in that the destination lacks.
        FaultRule look = FaultRule.of("GET", tenant + "/timeline", new FaultAction.Delay(Duration.ofMillis(20)));
        cell.pageserver(origin).faults().add(look);
        CompletableFuture<Answer> moving = cell.migrating(tenant, to);
        await("both are attached")
                .atMost(LiveCell.BOUND)
                .until(() -> cell.heldAs(to, tenant).equals(Optional.of(LocationMode.AttachedMulti)));
        return moving;
    }

    /** Computes may believe in a node already that is to serve the shard again. */
    private void awaitGenerationAfterTheMigrations() {
        await("the shard is attached in a newer generation than the migration's")
                .atMost(LiveCell.BOUND)
                .until(() -> cell.generation(tenant) > generation + 1);
    }

    private void awaitAnnounced(long node) {
        await("computes are told of node " + node)
                .atMost(LiveCell.BOUND.multipliedBy(2))
                .until(() -> cell.computes.nodeOf(tenant, 0).equals(Optional.of(node)));
    }

    private static FaultRule hanging(SimulatedPageserver node, String path) {
        FaultRule rule = FaultRule.of("PUT", path, new FaultAction.Hang());
        node.faults().add(rule);
        return rule;
    }

    @Test
    @DisplayName("9: the origin dies before a generation is issued")
    void originThatDiesWhileItIsFrozenIsFailedOver() {
        FaultRule freezing = hanging(cell.pageserver(origin), tenant + "/location_config\\?flush_ms");
        CompletableFuture<Answer> moving = cell.migrating(tenant, to);
        await().atMost(LiveCell.BOUND).until(() -> freezing.hits() > 0);

        cell.pageserver(origin).kill();

        awaitAnnounced(to);
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(to);
        assertThat(cell.generation(tenant)).isGreaterThan(generation);
        moving.join();
    }

    @Test
    @DisplayName("10: the origin dies when the destination is attached")
    void originThatDiesAfterTheDestinationIsAttachedIsNotWaitedFor() {
        CompletableFuture<Answer> moving = stalledBesideTheOrigin();

        cell.pageserver(origin).kill();

        awaitAnnounced(to);
        await().atMost(LiveCell.BOUND)
                .until(() -> cell.heldAs(to, tenant).equals(Optional.of(LocationMode.AttachedSingle)));
        moving.join();
    }

    @Test
    @DisplayName("10: the origin dies while computes cannot be told")
    void originThatDiesBeforeComputesKnowIsCleanedWhenItReturns() {
        cell.computes.behave(tenant, new Behaviour.Status(503, -1));
        CompletableFuture<Answer> moving = cell.migrating(tenant, to);
        await().atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenant, 0) == to);
        cell.pageserver(origin).kill();
        cell.awaitAvailability(origin, "Offline");

        cell.computes.behave(tenant, null);
        awaitAnnounced(to);
        moving.join();

        cell.endFaults();
        cell.awaitServed(tenant);
        assertThat(cell.soleHolder(tenant)).contains(to);
    }

    @Test
    @DisplayName("11: the destination dies before it has caught up")
    void destinationThatDiesLeavesTheShardAtItsOrigin() {
        CompletableFuture<Answer> moving = stalledBesideTheOrigin();

        cell.pageserver(to).kill();
        moving.join();

        await().atMost(LiveCell.BOUND)
                .until(() -> cell.heldAs(origin, tenant).equals(Optional.of(LocationMode.AttachedSingle)));
        awaitGenerationAfterTheMigrations();
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(origin);
        assertThat(cell.computes.nodeOf(tenant, 0)).contains(origin);
        assertThat(cell.get("/v1/tenant/" + tenant + "/timeline/" + timeline).status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("11: the destination restarts before it has caught up")
    void destinationThatRestartsEndsWithOneAttachmentThatComputesKnow() {
        CompletableFuture<Answer> moving = stalledBesideTheOrigin();

        cell.pageserver(to).restart(SimulatedPageserver.Restart.WITH_DISK);
        cell.awaitAvailability(to, "Active");
        cell.pageserver(to).stallLsn(false);
        moving.join();

        cell.awaitServed(tenant);
    }

    @Test
    @DisplayName("11: the destination dies after the cut-over")
    void destinationThatDiesAfterTheCutOverIsFailedOver() {
        cell.computes.behave(tenant, new Behaviour.Status(503, -1));
        CompletableFuture<Answer> moving = cell.migrating(tenant, to);
        await().atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenant, 0) == to);
        assertThat(cell.heldAs(origin, tenant)).contains(LocationMode.AttachedStale);

        cell.pageserver(to).kill();
        await().atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenant, 0) != to);
        long last = cell.attachedNode(tenant, 0);
        cell.computes.behave(tenant, null);

        awaitGenerationAfterTheMigrations();
        awaitAnnounced(last);
        moving.join();
    }

    /** Where a migration stands when everything of Berth is stopped. */
    enum Stop {
        BEFORE_THE_DESTINATION_IS_ATTACHED,
        BEFORE_COMPUTES_ARE_TOLD,
        BEFORE_THE_ORIGIN_IS_RELEASED
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("12, 13, 14: Berth restarts in the middle")
    void migrationGoesOnWhereItWasWhenBerthReturns(Stop stop) throws Exception {
        CompletableFuture<Answer> moving = switch (stop) {
            case BEFORE_THE_DESTINATION_IS_ATTACHED ->
                stopped(hanging(cell.pageserver(to), tenant + "/location_config"));
            case BEFORE_COMPUTES_ARE_TOLD -> stalledBesideTheOrigin();
            case BEFORE_THE_ORIGIN_IS_RELEASED ->
                stopped(hanging(cell.pageserver(origin), tenant + "/location_config$"));
        };

        cell.restartServices();
        cell.endFaults();

        cell.awaitServed(tenant);
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(to);
        await().atMost(LiveCell.BOUND).until(moving::isDone);
    }

    private CompletableFuture<Answer> stopped(FaultRule rule) {
        CompletableFuture<Answer> moving = cell.migrating(tenant, to);
        await().atMost(LiveCell.BOUND).until(() -> rule.hits() > 0);
        return moving;
    }

    @Test
    @DisplayName("15: the old generation is invalid as soon as the new one is issued")
    void oldGenerationIsInvalidWhileBothAreAttached() {
        CompletableFuture<Answer> moving = stalledBesideTheOrigin();

        assertThat(cell.isValid(tenant, generation)).isFalse();
        assertThat(cell.isValid(tenant, generation + 1)).isTrue();

        cell.pageserver(to).stallLsn(false);
        assertThat(moving.join().status()).isEqualTo(200);
        cell.awaitServed(tenant);
        assertThat(cell.generation(tenant)).isEqualTo(generation + 1);
    }

    @Test
    @DisplayName("16: a timeline acknowledged in a generation that has passed does not count")
    void timelineCreationThatMeetsAMigrationIsRefused() {
        FaultRule slow = FaultRule.of("POST", tenant + "/timeline$", new FaultAction.Delay(Duration.ofSeconds(4)))
                .afterEffect()
                .times(1);
        cell.pageserver(origin).faults().add(slow);
        String created = LiveCell.newTenant();
        CompletableFuture<Answer> creating =
                CompletableFuture.supplyAsync(() -> cell.createTimeline(tenant, created), Thread::startVirtualThread);
        await().atMost(LiveCell.BOUND).until(() -> slow.hits() == 1);

        assertThat(cell.migrating(tenant, to).join().status()).isEqualTo(200);

        assertThat(creating.join().status()).isEqualTo(503);
        assertThat(cell.createTimeline(tenant, created).status()).isEqualTo(201);
        assertThat(cell.ask(to, "/v1/tenant/" + tenant + "/timeline/" + created).status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("17: a timeline created while both are attached is on both")
    void timelineCreatedWhileBothAreAttachedIsOnBoth() {
        CompletableFuture<Answer> moving = stalledBesideTheOrigin();
        String created = LiveCell.newTenant();

        assertThat(cell.createTimeline(tenant, created).status()).isEqualTo(201);

        String path = "/v1/tenant/" + tenant + "/timeline/" + created;
        assertThat(cell.ask(to, path).status()).isEqualTo(200);
        assertThat(cell.ask(origin, path).status()).isEqualTo(200);
        cell.pageserver(to).stallLsn(false);
        assertThat(moving.join().status()).isEqualTo(200);
        assertThat(cell.get(path).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("18: a timeline deleted while both are attached is gone")
    void timelineDeletedWhileBothAreAttachedIsGone() {
        CompletableFuture<Answer> moving = stalledBesideTheOrigin();
        String path = "/v1/tenant/" + tenant + "/timeline/" + timeline;

        assertThat(cell.call("DELETE", path, null).status()).isEqualTo(200);

        cell.pageserver(to).stallLsn(false);
        assertThat(moving.join().status()).isEqualTo(200);
        cell.awaitServed(tenant);
        assertThat(cell.soleHolder(tenant)).contains(to);
        assertThat(cell.get(path).status()).isEqualTo(404);
    }
}
