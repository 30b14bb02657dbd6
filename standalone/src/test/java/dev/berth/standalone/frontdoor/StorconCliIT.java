package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.ClusterExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The original's unmodified command line tool against Berth: what it prints for every command that there is an endpoint for. */
@ExtendWith(ClusterExtension.class)
class StorconCliIT {
    private static final String UNKNOWN = "ffffffffffffffffffffffffffffffff";

    private static StorconCli cli(LiveCell cell, BerthCluster cluster) throws IOException, InterruptedException {
        Optional<Path> folder = StorconCli.folder();
        assumeTrue(folder.isPresent(), "skipped: no storcon_cli (BERTH_STORCON_CLI names its folder)");
        return StorconCli.in(folder.orElseThrow(), cluster.workDir(), cell.api());
    }

    @Test
    void nodesAreRegisteredListedAndConfigured(BerthCluster cluster) throws Exception {
        LiveCell cell = LiveCell.start(cluster, 2);
        StorconCli cli = cli(cell, cluster);

        assertThat(cli.succeed("nodes")).contains("| 1  | 127.0.0.1 | a  | Active     | Active ");
        cli.succeed(register("6"));
        assertThat(cli.succeed("nodes")).contains("| 201 | 127.0.0.1 | c  | Active     | Offline ");
        assertThat(cli.refused(register("7"))).contains("Conflict: Node is already registered with different address");
        cli.succeed("node-configure", "--node-id", "201", "--scheduling", "pause");
        cli.succeed("node-configure", "--node-id", "201", "--availability", "offline");
        assertThat(cli.succeed("nodes")).contains("| 201 | 127.0.0.1 | c  | Pause      | Offline ");
        assertThat(cli.refused("node-configure", "--node-id", "999", "--availability", "offline"))
                .contains("NotFound: Node 999 not registered");
        assertThat(cli.succeed("tenants", "999")).contains("Intended Primary/Secondary");
    }

    private static String[] register(String httpPort) {
        return ("node-register --node-id 201 --listen-pg-addr 127.0.0.1 --listen-pg-port 5 --listen-http-addr 127.0.0.1"
                        + " --listen-http-port " + httpPort + " --availability-zone-id c")
                .split(" ");
    }

    @Test
    void aTenantLivesItsLife(BerthCluster cluster) throws Exception {
        LiveCell cell = LiveCell.start(cluster, 3);
        StorconCli cli = cli(cell, cluster);
        String tenant = LiveCell.newTenant();

        // The tool asks for no body where there is one, and says so of the original, too.
        assertThat(cli.refused("tenant-create", "--tenant-id", tenant)).contains("expected unit");
        cell.awaitQuiet();
        assertThat(cli.succeed("tenants")).contains(tenant).contains("Attached(1)");
        assertThat(cli.succeed("tenants", "" + cell.attachedNode(tenant, 0)))
                .contains(tenant + " | Primary                    | Primary ");

        cli.succeed("tenant-policy", "--tenant-id", tenant, "--placement", "attached:1", "--scheduling", "essential");
        assertThat(cli.succeed("tenants")).contains("Essential");
        cli.succeed("tenant-policy", "--tenant-id", tenant, "--scheduling", "active");
        assertThat(cli.refused("tenant-policy", "--tenant-id", UNKNOWN, "--scheduling", "active"))
                .contains("NotFound: Tenant " + UNKNOWN + " not found");

        cli.succeed("set-tenant-config", "--tenant-id", tenant, "--config", "{\"gc_horizon\": 5}");
        cli.succeed("patch-tenant-config", "--tenant-id", tenant, "--config", "{\"pitr_interval\": \"90s\"}");
        assertThat(cli.succeed("tenant-describe", "--tenant-id", tenant))
                .contains("\"gc_horizon\": 5")
                .contains("\"pitr_interval\": \"1m 30s\"");
        cli.succeed("tenant-set-time-based-eviction", "--tenant-id", tenant, "--period", "10m", "--threshold", "1day");
        assertThat(cli.succeed("tenant-describe", "--tenant-id", tenant))
                .contains("\"kind\": \"LayerAccessThreshold\"")
                .doesNotContain("gc_horizon");

        migrate(cli, cell, tenant, "true");
        migrate(cli, cell, tenant, "false");
        assertThat(cli.refused("tenant-shard-migrate", "--tenant-shard-id", tenant, "--node", "999"))
                .contains("Node 999 not found");

        cli.succeed("tenant-delete", "--tenant-id", tenant);
        cli.succeed("tenant-delete", "--tenant-id", tenant);
        assertThat(cli.succeed("tenants")).doesNotContain(tenant);
        assertThat(cli.refused("tenant-describe", "--tenant-id", tenant)).contains("NotFound: Tenant " + tenant);
        cell.awaitQuiet();
        cell.checkInvariants();
    }

    @Test
    void aTenantIsSplitAndItsShardsAreMoved(BerthCluster cluster) throws Exception {
        LiveCell cell = LiveCell.start(cluster, 4);
        StorconCli cli = cli(cell, cluster);
        String tenant = cell.create(0, 1);
        String first = tenant + "-0004";

        assertThat(cli.succeed("tenant-shard-split", "--tenant-id", tenant, "--shard-count", "4"))
                .contains("Split tenant " + tenant + " into 4 shards: " + first);
        assertThat(cli.refused("tenant-shard-split", "--tenant-id", tenant, "--shard-count", "2"))
                .contains("Requested count 2 but already have shards at count 4");

        cell.awaitQuiet();
        long attached = cell.attachedNode(tenant, 0);
        long other = attached % 4 + 1;
        cli.succeed("tenant-shard-migrate-secondary", "--tenant-shard-id", first, "--node", "" + other);
        assertThat(cell.shards(tenant).getFirst().path("node_secondary").toString())
                .isEqualTo("[" + other + "]");
        cli.succeed("tenant-shard-cancel-reconcile", "--tenant-shard-id", first);
        cli.succeed("tenant-set-preferred-az", "--tenant-id", tenant, "--preferred-az", "a");
        assertThat(cli.succeed("tenants")).contains(tenant + " | a ");

        String[] bulk = {"bulk-migrate", "--nodes", "" + attached, "--concurrency", "4", "--max-shards", "2"};
        assertThat(cli.succeed(with(bulk, "--dry-run", "true"))).contains("Dryrun requested. Planned");
        assertThat(cli.succeed(with(bulk, "--dry-run", "false"))).contains("Processed ");
        cell.awaitQuiet();
        cell.checkInvariants();

        cli.succeed("tenant-drop", "--tenant-id", tenant, "--unclean");
        assertThat(cli.succeed("tenants")).doesNotContain(tenant);
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void nodesAreDrainedFilledAndDeleted(BerthCluster cluster) throws Exception {
        LiveCell cell = LiveCell.start(cluster, 4);
        StorconCli cli = cli(cell, cluster);
        String tenant = cell.create(8, 1);
        cell.awaitQuiet();

        assertThat(cli.succeed("start-drain", "--node-id", "2")).contains("Drain started for 2");
        awaitNodes(cli, "| 2  | 127.0.0.1 | b  | PauseForRestart | Active");
        assertThat(cli.refused("cancel-drain", "--node-id", "2", "--timeout", "20s"))
                .contains("Node 2 has no drain in progress");
        cli.succeed("node-configure", "--node-id", "2", "--scheduling", "active");
        assertThat(cli.succeed("start-fill", "--node-id", "2")).contains("Fill started for 2");
        awaitNodes(cli, "| 2  | 127.0.0.1 | b  | Active     | Active");

        cell.holdMoves();
        assertThat(cli.succeed("node-start-delete", "--node-id", "4")).contains("Delete started for 4");
        assertThat(cli.succeed("node-cancel-delete", "--node-id", "4", "--timeout", "30s"))
                .contains("Delete was cancelled for node 4. Schedulling policy is now Active");
        cell.endFaults();
        cli.succeed("node-start-delete", "--node-id", "4");
        await().atMost(LiveCell.BOUND.multipliedBy(4))
                .until(() -> cli.succeed("node-tombstones").contains("| 4  | 127.0.0.1"));
        cell.awaitQuiet();
        cell.checkInvariants();
        cli.succeed("node-delete-tombstone", "--node-id", "4");
        assertThat(cli.succeed("node-tombstones")).doesNotContain("127.0.0.1");
        assertThat(cli.succeed("nodes")).doesNotContain("| 4 ");
    }

    private static void awaitNodes(StorconCli cli, String row) {
        await().atMost(LiveCell.BOUND.multipliedBy(4))
                .until(() -> cli.succeed("nodes"), output -> output.contains(row));
    }

    private static void migrate(StorconCli cli, LiveCell cell, String tenant, String prewarm) {
        cell.awaitQuiet();
        JsonNode secondaries = cell.shards(tenant).getFirst().path("node_secondary");
        String to = secondaries.path(0).asText();

        String output = cli.succeed(
                "tenant-shard-migrate",
                "--tenant-shard-id",
                tenant,
                "--node",
                to,
                "--prewarm",
                prewarm,
                "--override-scheduler",
                "true");

        assertThat(output).contains("Tenant shard " + tenant + " is now on node " + to);
        assertThat(cell.attachedNode(tenant, 0)).isEqualTo(Long.parseLong(to));
    }
}
