package dev.berth.scheduler.core.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementChoice.Candidate;
import dev.berth.schemas.model.PlacementChoice.Exclusion;
import dev.berth.schemas.pageserver.Utilization;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random fleets, and what holds of every choice (behaviour 3.1 to 3.5). */
class ShardPlacerTest {
    private static final int FLEETS = 300;

    /** One random question to a random fleet, with all that a plain scan needs to answer it. */
    private record Question(
            Placements placements, List<Node> nodes, Role role, String home, Affinity affinity, List<NodeId> excluded) {
        static Question random(long seed) {
            Random random = new Random(seed);
            PlacementIndex index = new PlacementIndex();
            List<Node> nodes = new ArrayList<>();
            int count = 1 + random.nextInt(12);
            for (int i = 1; i <= count; i++) {
                nodes.add(node(i, "zone-" + random.nextInt(3), random));
            }
            nodes.forEach(index::nodeChanged);
            Placements placements = new Placements(index);
            for (int i = 0; i < 10; i++) {
                placements.count(NodeId.of(1 + random.nextInt(count)), "zone-0", random.nextBoolean(), 1);
            }
            Affinity affinity = new Affinity();
            for (int i = random.nextInt(4); i > 0; i--) {
                NodeId attached = NodeId.of(1 + random.nextInt(count));
                affinity.add(Shard.fresh(0, null).withIntent(attached, List.of()));
            }
            List<NodeId> excluded = random.nextBoolean() ? List.of() : List.of(NodeId.of(1 + random.nextInt(count)));
            Role role = random.nextBoolean() ? Role.ATTACHED : Role.SECONDARY;
            return new Question(placements, nodes, role, "zone-" + random.nextInt(3), affinity, excluded);
        }

        private static Node node(int id, String zone, Random random) {
            Node node = Node.registered(
                    new NodeRegistration(NodeId.of(id), "pg", 6400, "ps", 9898, null, null, null, zone));
            if (random.nextInt(6) != 0) {
                node = node.withAvailability(NodeAvailability.ACTIVE, 0);
            }
            if (random.nextInt(8) == 0) {
                node = node.withScheduling(NodeSchedulingPolicy.PAUSE);
            }
            long used = (long) random.nextInt(4) << 39;
            return random.nextInt(5) == 0 ? node : node.withUtilization(Utilization.of(used, 1L << 40));
        }

        @Nullable
        NodeId answer() {
            return ShardPlacer.choose(placements, role, home, affinity, excluded);
        }

        List<NodeLoad> allowed() {
            return nodes.stream()
                    .map(node -> placements.load(node.id()))
                    .filter(load -> load.node().maySchedule())
                    .filter(load -> !excluded.contains(load.node().id()))
                    .toList();
        }

        List<NodeLoad> candidates() {
            List<NodeLoad> spare = allowed().stream()
                    .filter(load -> load.utilizationScore() < NodeLoad.OVERLOADED)
                    .toList();
            return spare.isEmpty() ? allowed() : spare;
        }

        int zoneClass(NodeLoad load) {
            return ShardPlacer.zoneClass(role, home, load.node().availabilityZone());
        }

        Comparator<NodeLoad> order() {
            return Comparator.comparingInt(this::zoneClass)
                    .thenComparingInt(load -> affinity.of(load.node().id()))
                    .thenComparingLong(NodeLoad::utilizationScore)
                    .thenComparingInt(load -> role == Role.ATTACHED ? load.attached() : load.nonHome())
                    .thenComparing(load -> load.node().id());
        }
    }

    @Test
    void choiceIsTheOneAFullScanWouldMake() {
        for (long seed = 0; seed < FLEETS; seed++) {
            Question question = Question.random(seed);

            NodeId scanned = question.candidates().stream()
                    .min(question.order())
                    .map(load -> load.node().id())
                    .orElse(null);

            assertThat(question.answer()).as("fleet %d", seed).isEqualTo(scanned);
        }
    }

    @Test
    void accountOfAChoiceSaysWhatAFullScanFinds() {
        for (long seed = 0; seed < FLEETS; seed++) {
            Question question = Question.random(seed);
            List<NodeId> ranked = question.candidates().stream()
                    .sorted(question.order())
                    .map(load -> load.node().id())
                    .toList();

            PlacementChoice account = ShardPlacer.decide(
                    question.placements(), question.role(), question.home(), question.affinity(), question.excluded());

            assertThat(account.node()).as("fleet %d", seed).isEqualTo(question.answer());
            assertThat(account.candidates()).as("fleet %d", seed).isEqualTo(ranked.size());
            assertThat(account.best())
                    .as("fleet %d", seed)
                    .extracting(Candidate::node)
                    .isEqualTo(ranked.subList(0, Math.min(ranked.size(), PlacementChoice.BEST_MAX)));
            assertThat(account.excluded().stream().mapToInt(Exclusion::nodes).sum())
                    .as("fleet %d: every node is a candidate or excluded for one reason", seed)
                    .isEqualTo(question.nodes().size() - ranked.size());
        }
    }

    @Test
    void reviewOfAllNodesBeginsWithTheOneThatWouldBeChosenNow() {
        for (long seed = 0; seed < FLEETS; seed++) {
            Question question = Question.random(seed);
            PlacementIndex index = question.placements().index;
            PlacementChoice now = ShardPlacer.decide(
                    new Placements(index), question.role(), question.home(), question.affinity(), question.excluded());

            PlacementReview review = PlacementReview.of(
                    index, question.role(), question.home(), question.affinity(), question.excluded());

            assertThat(review.candidates()).as("fleet %d", seed).hasSize(now.candidates());
            assertThat(review.candidates())
                    .as("fleet %d", seed)
                    .startsWith(now.best().toArray(Candidate[]::new));
            for (Exclusion exclusion : now.excluded()) {
                assertThat(review.excluded().values().stream().filter(exclusion.obstacle()::equals))
                        .as("fleet %d %s", seed, exclusion.obstacle())
                        .hasSize(exclusion.nodes());
            }
        }
    }

    @Test
    void hardConstraintsHold() {
        for (long seed = 0; seed < FLEETS; seed++) {
            Question question = Question.random(seed);

            NodeId answer = question.answer();

            if (answer == null) {
                assertThat(question.allowed()).as("fleet %d", seed).isEmpty();
            } else {
                assertThat(question.excluded()).as("fleet %d", seed).doesNotContain(answer);
                assertThat(question.placements().load(answer).node().maySchedule())
                        .as("fleet %d", seed)
                        .isTrue();
            }
        }
    }

    @Test
    void anOverloadedNodeIsTakenOnlyWhenAllAre() {
        PlacementIndex index = fleet("a", "b");
        index.nodeChanged(index.load(NodeId.of(1)).node().withUtilization(overloaded()));

        assertThat(choose(index, Role.ATTACHED, "a")).isEqualTo(NodeId.of(2));

        index.nodeChanged(index.load(NodeId.of(2)).node().withUtilization(overloaded()));
        assertThat(choose(index, Role.ATTACHED, "a")).isEqualTo(NodeId.of(1));
    }

    @Test
    void attachedGoesHomeAndSecondariesAway() {
        PlacementIndex index = fleet("a", "b", "b");

        assertThat(choose(index, Role.ATTACHED, "b")).isEqualTo(NodeId.of(2));
        assertThat(choose(index, Role.SECONDARY, "b")).isEqualTo(NodeId.of(1));
    }

    @Test
    void placementsOfOneDecisionSpreadOut() {
        Placements placements = new Placements(fleet("a", "a", "a"));

        for (int i = 0; i < 9; i++) {
            NodeId next = ShardPlacer.choose(placements, Role.ATTACHED, "a", new Affinity(), List.of());
            placements.count(next, "a", true, 1);
        }

        for (int id = 1; id <= 3; id++) {
            assertThat(placements.load(NodeId.of(id)).attached()).isEqualTo(3);
        }
    }

    @Test
    void newTenantsGoToTheZoneWithTheFewestPerNode() {
        PlacementIndex index = fleet("a", "a", "b");
        assertThat(ShardPlacer.homeZone(index)).isEqualTo("a");

        index.nodeChanged(index.load(NodeId.of(1)).node().withAvailability(NodeAvailability.OFFLINE, 0));
        index.nodeChanged(index.load(NodeId.of(2)).node().withAvailability(NodeAvailability.OFFLINE, 0));
        assertThat(ShardPlacer.homeZone(index)).isEqualTo("b");
        assertThat(ShardPlacer.homeZone(new PlacementIndex())).isNull();
    }

    @Test
    void aWarmSecondaryAwayFromHomeIsPromotedFirst() {
        Placements placements = new Placements(fleet("a", "b", "c"));

        List<NodeId> secondaries = List.of(NodeId.of(1), NodeId.of(3), NodeId.of(2));

        assertThat(ShardPlacer.preferredSecondary(placements, "a", secondaries)).isEqualTo(NodeId.of(2));
    }

    private static @Nullable NodeId choose(PlacementIndex index, Role role, String home) {
        return ShardPlacer.choose(new Placements(index), role, home, new Affinity(), List.of());
    }

    private static Utilization overloaded() {
        return new Utilization(0, 1L << 40, 4L << 40, 100, 0, 2_500, null, null);
    }

    private static PlacementIndex fleet(String... zones) {
        PlacementIndex index = new PlacementIndex();
        for (int i = 1; i <= zones.length; i++) {
            Node node = Node.registered(
                            new NodeRegistration(NodeId.of(i), "pg", 6400, "ps", 9898, null, null, null, zones[i - 1]))
                    .withAvailability(NodeAvailability.ACTIVE, 0)
                    .withUtilization(Utilization.of(0, 1L << 40));
            index.nodeChanged(node);
        }
        return index;
    }
}
