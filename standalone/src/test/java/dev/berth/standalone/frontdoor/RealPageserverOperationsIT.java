package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.RealPageserver;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** Splits, drains, fills and deletions with four real pageservers in two zones, over one remote storage. */
@ExtendWith(ClusterExtension.class)
class RealPageserverOperationsIT {
    private static final Duration DONE = Duration.ofSeconds(120);

    private static RealCell real;
    private static LiveCell cell;

    @BeforeAll
    static void start(BerthCluster cluster) throws Exception {
        real = RealCell.start(cluster, List.of("a", "b", "a", "b"));
        cell = real.cell;
    }

    @AfterEach
    void allIsQuietAndConsistent() {
        cell.awaitQuiet(DONE);
        cell.checkInvariants();
    }

    private static String warmTenant() {
        String tenant = real.create(0);
        real.createTimeline(tenant);
        real.awaitWarm(real.secondaryOf(tenant), tenant);
        return tenant;
    }

    private static Answer split(String tenant, int count) {
        return cell.call(
                "PUT", "/control/v1/tenant/" + tenant + "/shard_split", "{\"new_shard_count\": " + count + "}", DONE);
    }

    /** Each shard is attached where computes were told, in the generation that was issued, with the timeline in it. */
    private static void assertServes(String tenant, int shards, String timeline) throws Exception {
        List<JsonNode> described = cell.shards(tenant);
        assertThat(described).hasSize(shards);
        for (int number = 0; number < shards; number++) {
            String id = described.get(number).path("tenant_shard_id").asText();
            RealPageserver home =
                    real.pageserver(described.get(number).path("node_attached").asLong());
            assertThat(cell.computes.nodeOf(tenant, number)).as(id).contains(home.id());
            JsonNode location = RealCell.config(home, id);
            assertThat(location.path("mode").asText()).as(id).isEqualTo("AttachedSingle");
            assertThat(location.path("generation").asLong()).as(id).isEqualTo(cell.generation(id));
            assertThat(RealCell.timelines(home, id)).as(id).contains(timeline);
        }
    }

    private static Set<String> locationsOf(String tenant) throws Exception {
        Set<String> shards = new HashSet<>();
        for (RealPageserver pageserver : real.pageservers) {
            if (pageserver.isRunning()) {
                RealCell.api(pageserver)
                        .get("/v1/location_config")
                        .path("tenant_shards")
                        .forEach(location -> shards.add(location.path(0).asText()));
            }
        }
        shards.removeIf(shard -> !shard.startsWith(tenant));
        return shards;
    }

    private static void order(long node, String operation) {
        Answer answer = cell.call("PUT", "/control/v1/node/" + node + "/" + operation, null);
        assertThat(answer.status()).as(answer.toString()).isIn(200, 202);
    }

    @Test
    void tenantThatIsSplitServesItsTimelineFromEveryChild() throws Exception {
        String tenant = warmTenant();
        String timeline = RealCell.timelines(real.attachedTo(tenant), tenant).getFirst();

        Answer answer = split(tenant, 4);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.body().path("new_shards")).hasSize(4);
        cell.awaitQuiet(DONE);
        assertServes(tenant, 4, timeline);
        assertThat(locationsOf(tenant)).doesNotContain(tenant).hasSize(4);
        String branch = real.createBranch(tenant, timeline);
        for (JsonNode shard : cell.shards(tenant)) {
            String id = shard.path("tenant_shard_id").asText();
            assertThat(real.uploaded(id, branch))
                    .isNotEmpty()
                    .allMatch(name -> name.endsWith(RealCell.suffix(cell.generation(id))));
        }
    }

    /** The pageserver does not answer for a minute then. */
    @Test
    @EnabledIfSystemProperty(named = "berth.test.long", matches = "true")
    void splitThatAPageserverFailsInTheMiddleIsUndone() throws Exception {
        String tenant = warmTenant();
        RealPageserver home = real.attachedTo(tenant);
        String timeline = RealCell.timelines(home, tenant).getFirst();
        setFailpoint(home, "shard-split-post-child-conf", "return(failed)");

        Answer answer = split(tenant, 2);

        assertThat(answer.status()).as(answer.toString()).isGreaterThanOrEqualTo(400);
        setFailpoint(home, "shard-split-post-child-conf", "off");
        cell.awaitQuiet(DONE);
        assertServes(tenant, 1, timeline);
        assertThat(locationsOf(tenant)).containsExactly(tenant);
        real.createBranch(tenant, timeline);
        assertThat(split(tenant, 2).status()).isEqualTo(200);
        cell.awaitQuiet(DONE);
        assertServes(tenant, 2, timeline);
    }

    private static void setFailpoint(RealPageserver pageserver, String name, String actions) throws Exception {
        RealCell.api(pageserver)
                .put("/v1/failpoints", "[{\"name\": \"" + name + "\", \"actions\": \"" + actions + "\"}]");
    }

    @Test
    void nodeIsDrainedRestartedAndFilled() throws Exception {
        String tenant = warmTenant();
        RealPageserver home = real.attachedTo(tenant);
        String timeline = RealCell.timelines(home, tenant).getFirst();

        order(home.id(), "drain");

        cell.awaitPolicy(home.id(), "PauseForRestart", DONE);
        cell.awaitQuiet(DONE);
        assertThat(real.attachedTo(tenant).id()).isNotEqualTo(home.id());
        assertServes(tenant, 1, timeline);

        home.kill();
        home.start().awaitReady();
        cell.awaitPolicy(home.id(), "Active", DONE);
        cell.awaitAvailability(home.id(), "Active");
        order(home.id(), "fill");

        await("the fill is over")
                .atMost(DONE)
                .until(() -> operationsOn(home.id()).isEmpty());
        cell.awaitQuiet(DONE);
        assertServes(tenant, 1, timeline);
    }

    private static List<String> operationsOn(long node) {
        JsonNode operations =
                cell.get("/control/v1/operation?node=" + node).body().path("operations");
        return operations.findValuesAsText("state").stream()
                .filter(state -> !state.equals("completed") && !state.equals("aborted"))
                .toList();
    }

    /** Of a pageserver that is there for this only. */
    @Test
    void deletedNodeLosesNothing() throws Exception {
        RealPageserver leaving = real.add("b");
        String tenant = warmTenant();
        String timeline = RealCell.timelines(real.attachedTo(tenant), tenant).getFirst();
        Answer moved = cell.migrate(tenant, leaving.id());
        assertThat(moved.status()).as(moved.toString()).isEqualTo(200);
        cell.awaitQuiet(DONE);

        order(leaving.id(), "delete");

        await("the node is gone")
                .atMost(DONE)
                .until(() -> cell.get("/control/v1/node/" + leaving.id()).status() == 404);
        cell.awaitQuiet(DONE);
        assertServes(tenant, 1, timeline);
        assertThat(RealCell.config(real.attachedTo(tenant), tenant).path("mode").asText())
                .isEqualTo("AttachedSingle");
        leaving.kill();
    }
}
