package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ReattachResult.Location;
import dev.berth.ledger.ReattachResult.Reattached;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.command.ReportReattachedShards;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.ShardGeneration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReattachmentTest extends LedgerFixture {
    private final TenantRows tenant = rows(1, 4);

    @Test
    void p7NodeGetsNewGenerationsForWhatItOwnsInShardOrder() {
        ledger.register(node(NODE_1));
        bump(tenant, 3, NODE_1, 1);
        bump(tenant, 1, NODE_1, 1);
        bump(tenant, 2, NODE_2, 1);

        assertThat(reattach(NODE_1))
                .isEqualTo(new Reattached(
                        1,
                        List.of(
                                new Location(shard(tenant, 1), new Generation(2), 2048),
                                new Location(shard(tenant, 3), new Generation(2), 2048))));
        assertThat(row(shard(tenant, 1)).generation()).isEqualTo(new Generation(2));
        assertThat(row(shard(tenant, 2)).generation()).isEqualTo(new Generation(1));
    }

    @Test
    void p7EachReattachRaisesTheEpochAndTheGenerations() {
        ledger.register(node(NODE_1));
        bump(tenant, 0, NODE_1, 1);

        assertThat(reattach(NODE_1).epoch()).isEqualTo(1);
        assertThat(reattach(NODE_1))
                .isEqualTo(new Reattached(2, List.of(new Location(shard(tenant, 0), new Generation(3), 2048))));
        assertThat(ledger.node(NODE_1).orElseThrow().reattachEpoch()).isEqualTo(2);
    }

    @Test
    void p7EveryOtherLocationTheNodeMayHoldIsKeptAsSecondary() {
        ledger.register(node(NODE_1));
        bump(tenant, 1, NODE_1, 1);
        bump(tenant, 2, NODE_2, 1);
        locate(1, NODE_1, Role.ATTACHED, shard(tenant, 0), shard(tenant, 1));
        locate(2, NODE_1, Role.SECONDARY, shard(tenant, 2));
        locate(3, NODE_1, Role.OBSERVED, shard(tenant, 3));
        locate(4, NODE_2, Role.ATTACHED, shard(tenant, 2));

        assertThat(reattach(NODE_1).locations())
                .containsExactly(
                        new Location(shard(tenant, 0), null, 2048),
                        new Location(shard(tenant, 1), new Generation(2), 2048),
                        new Location(shard(tenant, 2), null, 2048),
                        new Location(shard(tenant, 3), null, 2048));
    }

    @Test
    void p7ReleasedShardIsKeptAsSecondaryUntilItsLocationIsAbsent() {
        ledger.register(node(NODE_1));
        bump(tenant, 0, NODE_1, 1);
        locate(1, NODE_1, Role.ATTACHED, shard(tenant, 0));
        ledger.release(List.of(new ReleaseRequest(tenant, shard(tenant, 0), 2)));

        assertThat(reattach(NODE_1).locations()).containsExactly(new Location(shard(tenant, 0), null, 2048));
    }

    @Test
    void p9FactsForTheLogAreTheHeaderThenSlicesOf512() {
        List<BumpRequest> many = IntStream.range(0, 1100)
                .mapToObj(n -> bumpOf(rows(n, 0), 0, NODE_1, 1))
                .toList();
        ledger.bump(many);
        ledger.register(node(NODE_1));
        relayed();

        List<Location> locations = reattach(NODE_1).locations();

        List<Command> facts =
                relayed().stream().map(row -> row.envelope().command()).toList();
        assertThat(facts).hasSize(4);
        assertThat(facts.getFirst()).isEqualTo(new ReportNodeReattached(NODE_1, 1));
        List<ShardGeneration> told = new ArrayList<>();
        facts.subList(1, 4).forEach(fact -> {
            ReportReattachedShards slice = (ReportReattachedShards) fact;
            assertThat(slice.epoch()).isEqualTo(1);
            assertThat(slice.shards()).hasSizeLessThanOrEqualTo(512);
            told.addAll(slice.shards());
        });
        assertThat(told)
                .hasSize(1100)
                .isEqualTo(locations.stream()
                        .map(each -> new ShardGeneration(each.shard(), each.generation()))
                        .toList());
    }

    @Test
    void p7RegistersByTheWayInTheSameTransaction() {
        bump(tenant, 0, NODE_1, 1);

        Reattached result = (Reattached) ledger.reattach(new ReattachRequest(NODE_1, Optional.of(node(NODE_1))));

        assertThat(result.epoch()).isEqualTo(1);
        assertThat(result.locations()).hasSize(1);
        assertThat(relayed())
                .extracting(row -> row.envelope().command())
                .containsExactly(
                        new ReportNodeRegistered(node(NODE_1)),
                        new ReportNodeReattached(NODE_1, 1),
                        new ReportReattachedShards(
                                NODE_1, 1, List.of(new ShardGeneration(shard(tenant, 0), new Generation(2)))));
    }

    @Test
    void p7AnotherAddressIsRefusedAndNothingIsIssued() {
        ledger.register(node(NODE_1));
        bump(tenant, 0, NODE_1, 1);
        relayed();
        NodeRegistration other = new NodeRegistration(NODE_1, "else", 6400, "else", 9898, null, null, null, "az-1");

        assertThat(ledger.reattach(new ReattachRequest(NODE_1, Optional.of(other))))
                .isEqualTo(new ReattachResult.AddressConflict(node(NODE_1)));
        assertNothingWasIssued();
    }

    @Test
    void p7DeletedNodeIsRefusedAndNothingIsIssued() {
        ledger.register(node(NODE_1));
        bump(tenant, 0, NODE_1, 1);
        ledger.deleteNode(NODE_1);
        relayed();

        assertThat(ledger.reattach(new ReattachRequest(NODE_1, Optional.empty())))
                .isEqualTo(new ReattachResult.NodeDeleted());
        assertThat(ledger.reattach(new ReattachRequest(NODE_1, Optional.of(node(NODE_1)))))
                .isEqualTo(new ReattachResult.NodeDeleted());
        assertNothingWasIssued();
    }

    private void assertNothingWasIssued() {
        assertThat(row(shard(tenant, 0)).generation()).isEqualTo(new Generation(1));
        assertThat(ledger.node(NODE_1).orElseThrow().reattachEpoch()).isZero();
        assertThat(relayed()).isEmpty();
    }

    @Test
    void p7UnregisteredNodeGetsTheMatchingRows() {
        bump(tenant, 0, NODE_3, 1);
        locate(1, NODE_3, Role.SECONDARY, shard(tenant, 1));

        assertThat(reattach(NODE_3))
                .isEqualTo(new Reattached(
                        0,
                        List.of(
                                new Location(shard(tenant, 0), new Generation(2), 2048),
                                new Location(shard(tenant, 1), null, 2048))));
        assertThat(reattach(NODE_2)).isEqualTo(new Reattached(0, List.of()));
        assertThat(ledger.nodes()).isEmpty();
        assertThat(relayed())
                .extracting(row -> row.envelope().command())
                .containsExactly(new ReportReattachedShards(
                        NODE_3, 0, List.of(new ShardGeneration(shard(tenant, 0), new Generation(2)))));
    }

    @Test
    void registrationOfAnotherNodeIsNoReattach() {
        assertThatThrownBy(() -> new ReattachRequest(NODE_1, Optional.of(node(NODE_2))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void p1p7NoGenerationIsGivenTwiceWhenReattachesRaceWithBumps() throws Exception {
        List<TenantRows> tenants =
                IntStream.range(0, 60).mapToObj(n -> rows(n, 1)).toList();
        ledger.register(node(NODE_1));
        ledger.register(node(NODE_2));
        ledger.bump(tenants.stream().map(each -> bumpOf(each, 0, NODE_1, 1)).toList());
        Map<ShardGeneration, NodeId> given = new ConcurrentHashMap<>();
        List<Callable<Void>> races = new ArrayList<>();
        for (NodeId node : List.of(NODE_1, NODE_2)) {
            races.add(() -> {
                for (int i = 0; i < 25; i++) {
                    reattach(node).locations().forEach(each -> give(given, each.shard(), each.generation(), node));
                }
                return null;
            });
        }
        for (int racer = 0; racer < 4; racer++) {
            int first = 2 + racer;
            races.add(() -> {
                for (long sequence = first; sequence < 100; sequence += 4) {
                    NodeId to = sequence % 2 == 0 ? NODE_2 : NODE_1;
                    long under = sequence;
                    List<BumpResult> results = ledger.bump(tenants.stream()
                            .map(each -> bumpOf(each, 0, to, under))
                            .toList());
                    for (int i = 0; i < results.size(); i++) {
                        if (results.get(i) instanceof BumpResult.Issued(Generation generation)) {
                            give(given, shard(tenants.get(i), 0), generation, to);
                        }
                    }
                }
                return null;
            });
        }

        BumpTest.together(races);

        assertThat(given).hasSizeGreaterThan(60 * 25);
        assertThat(retries).isEmpty();
        for (TenantRows each : tenants) {
            ShardRow row = row(shard(each, 0));
            assertThat(given).containsEntry(new ShardGeneration(row.shard(), row.generation()), row.node());
        }
    }

    private static void give(
            Map<ShardGeneration, NodeId> given, TenantShardId shard, Generation generation, NodeId node) {
        assertThat(given.put(new ShardGeneration(shard, generation), node))
                .as("%s in %s", shard, generation)
                .isNull();
    }

    private Reattached reattach(NodeId node) {
        return (Reattached) ledger.reattach(new ReattachRequest(node, Optional.empty()));
    }

    private void locate(long position, NodeId node, Role role, TenantShardId... shards) {
        List<LocationProjection> locations = IntStream.range(0, shards.length)
                .mapToObj(i -> new LocationProjection(new LocationKey(shards[i], node), role, 2048))
                .toList();
        ledger.project(new ProjectionBatch(
                position, position, List.of(), List.of(), List.of(), locations, List.of(), List.of()));
    }
}
