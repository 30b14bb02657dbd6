package dev.berth.scheduler.core.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.invariant.ControllerInvariants;
import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.scheduler.core.plan.OptimiserLimits;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetHomeZones.HomeZone;
import dev.berth.schemas.event.OptimiserPassed;
import dev.berth.schemas.event.ShardMoveBegun;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.PlacementPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happened to a fleet: some time after the last fault zones are right and load is even, and then nothing moves any more. */
class OptimiserConvergenceTest {
    private static final long HOURS = 3_600_000;

    static List<Integer> seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("fleets", 10))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Tag("simulation")
    void randomFleetsComeToRestWithZonesRightAndLoadEven(int seed) {
        Random random = new Random(seed);
        OptimisedFleet fleet = new OptimisedFleet();
        int zones = 1 + random.nextInt(5);
        int nodes = zones + random.nextInt(seed % 8 == 0 ? 100 - zones + 1 : 20);
        fleet.mode(OptimiserMode.ON, OptimiserMode.ON);
        int begins = 1 + random.nextInt(nodes);
        addNodes(fleet, 1, begins, zones);
        List<TenantId> tenants = new ArrayList<>();
        int shards = 10 * nodes + random.nextInt(10 * nodes);
        for (int made = 0; made < shards; ) {
            int count = List.of(1, 1, 1, 2, 4, 8).get(random.nextInt(6));
            tenants.add(fleet.tenant(count, PlacementPolicy.attached(random.nextInt(3))));
            made += count;
        }
        addNodes(fleet, begins + 1, nodes, zones);
        for (int i = 0; i < 12; i++) {
            fault(fleet, random, nodes, zones, tenants);
            fleet.passes(random.nextInt(120_000));
        }
        mend(fleet, nodes);

        fleet.passes(6 * HOURS);

        assertThat(ControllerInvariants.ofAll(fleet.state())).isEmpty();
        assertThat(fleet.state().unscheduled())
                .allSatisfy(id -> assertThat(fleet.secondariesWanted(id)).isGreaterThanOrEqualTo(nodes));
        assertThat(fleet.state().optimiser().moving()).isEmpty();
        assertZonesAreRight(fleet);
        assertLoadIsEven(fleet);
        fleet.forget().passes(24 * HOURS);
        assertThat(fleet.seen(ShardPlaced.class)).as("flapping").isEmpty();
        assertThat(fleet.seen(OptimiserPassed.class)).as("idle passes").isEmpty();
    }

    private static void addNodes(OptimisedFleet fleet, int from, int to, int zones) {
        for (int i = from; i <= to; i++) {
            fleet.nodes(i, i, zone(i % zones));
        }
    }

    private static String zone(int number) {
        return String.valueOf((char) ('a' + number));
    }

    private static void fault(OptimisedFleet fleet, Random random, int nodes, int zones, List<TenantId> tenants) {
        int node = 1 + random.nextInt(nodes);
        switch (random.nextInt(5)) {
            case 0 -> set(fleet, node, NodeAvailability.OFFLINE);
            case 1 ->
                IntStream.rangeClosed(1, nodes)
                        .filter(i -> i % zones == node % zones)
                        .forEach(i -> set(fleet, i, NodeAvailability.OFFLINE));
            case 2 -> fleet.send(new ConfigureNode(NodeId.of(node), null, NodeSchedulingPolicy.PAUSE));
            case 3 -> mend(fleet, nodes);
            default -> {
                TenantId tenant = tenants.get(random.nextInt(tenants.size()));
                TenantShardId shard = new TenantShardId(tenant, 0, 0);
                fleet.send(new SetHomeZones(List.of(new HomeZone(shard, zone(random.nextInt(zones))))));
            }
        }
    }

    private static void set(OptimisedFleet fleet, int node, NodeAvailability availability) {
        fleet.send(new ConfigureNode(NodeId.of(node), availability, null));
    }

    private static void mend(OptimisedFleet fleet, int nodes) {
        for (int i = 1; i <= nodes; i++) {
            if (!fleet.scenario.node(i).isAvailable()) {
                fleet.returns(i);
            }
            fleet.send(new ConfigureNode(NodeId.of(i), null, NodeSchedulingPolicy.ACTIVE));
        }
    }

    private static void assertZonesAreRight(OptimisedFleet fleet) {
        Map<String, Integer> nodesOf = new HashMap<>();
        for (Node node : fleet.state().nodes().values()) {
            nodesOf.merge(node.availabilityZone(), 1, Integer::sum);
        }
        int all = fleet.state().nodes().size();
        for (Tenant tenant : fleet.state().tenants().values()) {
            String home = java.util.Objects.requireNonNull(tenant.preferredAz());
            int atHome = nodesOf.getOrDefault(home, 0);
            for (Shard shard : tenant.shards()) {
                if (atHome > 0) {
                    assertThat(fleet.zoneOf(java.util.Objects.requireNonNull(shard.attached())))
                            .isEqualTo(home);
                }
                long abroad = shard.secondaries().stream()
                        .filter(node -> !fleet.zoneOf(node).equals(home))
                        .count();
                assertThat(abroad)
                        .as(tenant.id() + ": " + shard)
                        .isEqualTo(Math.min(shard.secondaries().size(), all - atHome));
            }
        }
    }

    /** Of attachments, within a zone: there every node may take every shard, but for those of one tenant. */
    private static void assertLoadIsEven(OptimisedFleet fleet) {
        Map<String, List<NodeLoad>> zones = new HashMap<>();
        for (NodeLoad load : fleet.state().placement().loads()) {
            zones.computeIfAbsent(load.node().availabilityZone(), zone -> new ArrayList<>())
                    .add(load);
        }
        zones.values().forEach(loads -> {
            double average =
                    loads.stream().mapToInt(NodeLoad::attached).average().orElseThrow();
            int most = loads.stream().mapToInt(NodeLoad::attached).max().orElseThrow();
            int least = loads.stream().mapToInt(NodeLoad::attached).min().orElseThrow();
            assertThat(most - least).as(loads.toString()).isLessThanOrEqualTo((int)
                    Math.max(1, OptimiserLimits.UNEVEN_FROM * average));
        });
    }

    /** Not a matter of time: how many shards are looked at where there is nothing to move. */
    @Test
    void passWithNothingToMoveLooksAtABoundedNumberOfAHundredThousandShardsAndThenAtNone() {
        OptimisedFleet fleet = new OptimisedFleet().nodes(1, 10, "a");
        fleet.scenario.givenAttachedTenants(100_000, 1);
        fleet.mode(OptimiserMode.ON, OptimiserMode.ON).forget();
        assertThat(fleet.state().totals().shards()).isEqualTo(100_000);
        assertThat(fleet.state().optimiser().misplaced())
                .as("secondaries have but the home zone")
                .hasSize(100_000);

        fleet.passes(200 * OptimiserLimits.PART_EVERY_MS);

        assertThat(fleet.seen(ShardMoveBegun.class)).isEmpty();
        int passes = 100_000 / OptimiserLimits.LOOKED_AT_PER_PASS;
        assertThat(fleet.seen(OptimiserPassed.class)).hasSizeBetween(passes - 1, passes + 2);
        fleet.forget().passes(24 * HOURS);
        assertThat(fleet.seen(OptimiserPassed.class)).isEmpty();
    }
}
