package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.location.LocationMode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where shards go when there is too little room, and what policies do to them (behaviour 2 and 14, rows 37 to 40). */
@ExtendWith(ClusterExtension.class)
class SchedulingIT {
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

    private static List<Long> holders(String shard) {
        return cell.fleet.nodes().stream()
                .map(SimulatedPageserver::id)
                .filter(node -> cell.heldAs(node, shard).isPresent())
                .toList();
    }

    private static long secondary(String tenant) {
        return cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
    }

    private static void kill(long node) {
        cell.pageserver(node).kill();
        cell.awaitAvailability(node, "Offline");
    }

    private static void setNodePolicy(long node, String scheduling) {
        Answer answer = cell.call(
                "PUT",
                "/control/v1/node/" + node + "/config",
                "{\"node_id\": " + node + ", \"scheduling\": \"" + scheduling + "\"}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    @Test
    @DisplayName("37: with all pageservers gone nothing is given up, and all is well when they return")
    void outageOfAllPageserversChangesNoIntent() {
        String tenant = tenant(0);
        cell.fleet.nodes().forEach(SimulatedPageserver::kill);
        cell.fleet.nodes().forEach(each -> cell.awaitAvailability(each.id(), "Offline"));

        assertThat(cell.attachedNode(tenant, 0)).isPositive();
        cell.endFaults();

        cell.awaitServed(tenant);
    }

    @Test
    @DisplayName("38: a shard for which there is no room is attached when there is")
    void shardWithoutRoomIsPlacedWhenANodeMayTakeIt() {
        for (long node = 1; node <= 3; node++) {
            setNodePolicy(node, "Pause");
        }
        String tenant = LiveCell.newTenant();

        Answer refused = cell.call("POST", "/v1/tenant", "{\"new_tenant_id\": \"" + tenant + "\"}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(cell.call("POST", "/debug/v1/reconcile_all", null).body().asInt())
                .isPositive();

        for (long node = 1; node <= 3; node++) {
            setNodePolicy(node, "Active");
        }
        cell.awaitServed(tenant);
    }

    @Test
    @DisplayName("38: a shard with nowhere to go fails over when a pageserver returns")
    void strandedShardFailsOverWhenAnotherPageserverReturns() {
        String tenant = tenant(1);
        long attached = cell.attachedNode(tenant, 0);
        long warm = secondary(tenant);
        for (long node = 1; node <= 3; node++) {
            if (node != attached) {
                cell.pageserver(node).kill();
            }
        }
        for (long node = 1; node <= 3; node++) {
            if (node != attached) {
                cell.awaitAvailability(node, "Offline");
            }
        }
        kill(attached);
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(attached);

        cell.pageserver(warm).start();

        await().atMost(LiveCell.BOUND)
                .until(() -> cell.computes.nodeOf(tenant, 0).equals(Optional.of(warm)));
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(warm);
    }

    @Test
    @DisplayName("39: hundreds of shards fail over at once while callers are served")
    void manyShardsFailOverWhileCallersAreServed() {
        List<String> tenants = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            tenants.add(cell.create(32, 1));
        }
        cell.awaitQuiet();
        long lost = cell.attachedNode(tenants.getFirst(), 0);
        cell.pageserver(lost).kill();
        await().atMost(LiveCell.BOUND).until(() -> cell.attachedNode(tenants.getFirst(), 0) != lost);

        assertThat(cell.createTimeline(cell.create(0, 0), LiveCell.newTenant()).status())
                .isEqualTo(201);

        await("no shard is announced at the lost pageserver")
                .atMost(LiveCell.BOUND.multipliedBy(2))
                .until(() -> tenants.stream().allMatch(tenant -> isAnnouncedAsAttached(tenant, lost)));
    }

    private static boolean isAnnouncedAsAttached(String tenant, long lost) {
        Map<Integer, Long> told = new TreeMap<>();
        cell.computes
                .mapping(tenant)
                .ifPresent(mapping -> mapping.path("shards")
                        .forEach(shard -> told.put(
                                shard.path("shard_number").asInt(),
                                shard.path("node_id").asLong())));
        List<JsonNode> shards = cell.shards(tenant);
        for (int number = 0; number < shards.size(); number++) {
            long attached = shards.get(number).path("node_attached").asLong();
            if (attached == lost || told.getOrDefault(number, 0L) != attached) {
                return false;
            }
        }
        return true;
    }

    @Test
    @DisplayName("40: what is detached from a dead pageserver is removed when it returns")
    void shardDetachedFromADeadPageserverIsRemovedWhenItReturns() {
        String detached = tenant(0);
        long node = cell.attachedNode(detached, 0);
        String deleted = tenant(2);
        cell.setPolicy(detached, null, "Pause");
        kill(node);

        cell.setPolicy(detached, "\"Detached\"", null);
        assertThat(cell.call("DELETE", "/v1/tenant/" + deleted, null).status()).isEqualTo(200);

        cell.heal();
        await().atMost(LiveCell.BOUND)
                .until(() -> holders(detached).isEmpty() && holders(deleted).isEmpty());
    }

    @Test
    void pausedShardKeepsItsAttachmentThroughAnOutage() {
        String tenant = tenant(1);
        long node = cell.attachedNode(tenant, 0);
        cell.setPolicy(tenant, null, "Pause");
        kill(node);

        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(node);
        cell.endFaults();

        cell.awaitServed(tenant);
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(node);
    }

    @Test
    void resumedShardLeavesItsDeadPageserverAtOnce() {
        String tenant = tenant(1);
        long node = cell.attachedNode(tenant, 0);
        long warm = secondary(tenant);
        cell.setPolicy(tenant, null, "Pause");
        kill(node);

        cell.setPolicy(tenant, null, "Active");

        await().atMost(LiveCell.BOUND)
                .until(() -> cell.computes.nodeOf(tenant, 0).equals(Optional.of(warm)));
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(warm);
    }

    @Test
    void policiesDecideWhichLocationsThereAre() {
        String tenant = tenant(1);
        long generation = cell.generation(tenant);
        assertThat(holders(tenant)).hasSize(2);

        cell.setPolicy(tenant, "\"Secondary\"", null);
        cell.awaitQuiet();
        assertThat(holders(tenant)).hasSize(1);
        assertThat(cell.heldAs(holders(tenant).getFirst(), tenant)).contains(LocationMode.Secondary);

        cell.setPolicy(tenant, "{\"Attached\": 2}", null);
        cell.awaitServed(tenant);
        cell.awaitQuiet();
        assertThat(holders(tenant)).hasSize(3);
        assertThat(cell.generation(tenant)).isEqualTo(generation + 1);

        cell.setPolicy(tenant, "\"Detached\"", null);
        cell.awaitQuiet();
        assertThat(holders(tenant)).isEmpty();
    }
}
