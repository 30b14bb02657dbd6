package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ledger.ReattachResult.Location;
import dev.berth.ledger.ReattachResult.Reattached;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ShardGeneration;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Splits of a tenant of two shards to four: shard 0 on node 1 in generation 1, shard 1 on node 2 in generation 2. */
class SplitTest extends LedgerFixture {
    private static final long FROZEN = 50;

    private final TenantRows tenant = rows(1, 2);
    private final TenantRows children = rows(1, 4);

    @BeforeEach
    void attach() {
        ledger.register(node(NODE_1));
        ledger.register(node(NODE_2));
        bump(tenant, 0, NODE_1, 1);
        bump(tenant, 1, NODE_3, 1);
        bump(tenant, 1, NODE_2, 2);
    }

    private SplitRequest request(long operation) {
        return request(operation, FROZEN);
    }

    private SplitRequest request(long operation, long sequence) {
        return new SplitRequest(
                tenant.tenant(),
                CREATED_AT,
                new OperationId(operation),
                new SplitOrder(new ShardCount(2), new ShardCount(4), 512),
                List.of(
                        new SplitParent(shard(tenant, 0), NODE_1, sequence),
                        new SplitParent(shard(tenant, 1), NODE_2, sequence)));
    }

    private SplitResult end(long operation) {
        return ledger.endSplit(tenant.tenant(), new OperationId(operation));
    }

    private Reattached reattach(NodeId node) {
        return (Reattached) ledger.reattach(new ReattachRequest(node, java.util.Optional.empty()));
    }

    private List<String> rowsOfTenant() {
        return ledger.readTenant(tenant.tenant()).rows().stream()
                .map(row -> row.shard().index() + " generation " + row.generation() + " node " + row.node() + " stripe "
                        + row.stripeSize() + (row.prepared() ? " prepared" : ""))
                .toList();
    }

    private boolean isCommitted() {
        return rowsOfTenant()
                .equals(List.of(
                        "0004 generation 1 node 1 stripe 512",
                        "0104 generation 2 node 2 stripe 512",
                        "0204 generation 1 node 1 stripe 512",
                        "0304 generation 2 node 2 stripe 512"));
    }

    private boolean isAsBefore() {
        return rowsOfTenant()
                .equals(List.of("0002 generation 1 node 1 stripe 2048", "0102 generation 2 node 2 stripe 2048"));
    }

    @Test
    void p5PreparedChildrenAreNoticedByTimelineOperationsOnly() throws Exception {
        TenantSnapshot before = ledger.readTenant(tenant.tenant());

        SplitResult.Prepared prepared = (SplitResult.Prepared) ledger.prepareSplit(request(7));

        assertThat(prepared.children())
                .extracting(row -> row.shard().number() + " " + row.generation() + " " + row.node())
                .containsExactly("0 1 null", "1 2 null", "2 1 null", "3 2 null");
        TenantSnapshot now = ledger.readTenant(tenant.tenant());
        assertThat(now.isSplitting()).isTrue();
        assertThat(now.isComplete()).isFalse();
        assertThat(now.sameGenerations(before)).isFalse();
        assertThat(now.beforeSplit().sameGenerations(before)).isTrue();
        assertThat(ledger.validate(List.of(
                        new ShardGeneration(shard(tenant, 0), new Generation(1)),
                        new ShardGeneration(shard(children, 0), new Generation(1)))))
                .containsExactly(new Validation(shard(tenant, 0), true));
        assertThat(reattach(NODE_1).locations())
                .containsExactly(new Location(shard(tenant, 0), new Generation(2), 2048));
        assertThat(query("SELECT DISTINCT splitting FROM tenant_shards")).containsExactly("1");
    }

    @Test
    void p5CommittedChildrenTakeThePlaceOfTheirParents() throws Exception {
        ledger.prepareSplit(request(7));

        assertThat(ledger.commitSplit(request(7))).isEqualTo(new SplitResult.Committed());

        assertThat(isCommitted()).isTrue();
        assertThat(ledger.readTenant(tenant.tenant()).isComplete()).isTrue();
        assertThat(ledger.validate(List.of(
                        new ShardGeneration(shard(tenant, 1), new Generation(2)),
                        new ShardGeneration(shard(children, 3), new Generation(2)))))
                .containsExactly(new Validation(shard(children, 3), true));
        assertThat(reattach(NODE_2).locations())
                .containsExactly(
                        new Location(shard(children, 1), new Generation(3), 512),
                        new Location(shard(children, 3), new Generation(3), 512));
        assertThat(bump(children, 0, NODE_3, FROZEN + 1)).isEqualTo(issued(2));
        assertThat(query("SELECT DISTINCT splitting FROM tenant_shards")).containsExactly("0");
    }

    @Test
    void whatBecameOfASplitIsAnsweredTheSameForEver() {
        ledger.prepareSplit(request(7));
        ledger.commitSplit(request(7));

        assertThat(ledger.commitSplit(request(7))).isEqualTo(new SplitResult.Committed());
        assertThat(ledger.prepareSplit(request(7))).isEqualTo(new SplitResult.Committed());
        assertThat(end(7)).isEqualTo(new SplitResult.Committed());
        assertThat(isCommitted()).isTrue();
    }

    @Test
    void lateStatementsOfAnUndoneSplitChangeNothing() {
        ledger.prepareSplit(request(7));

        assertThat(end(7)).isEqualTo(new SplitResult.Undone());

        assertThat(isAsBefore()).isTrue();
        assertThat(ledger.commitSplit(request(7))).isEqualTo(new SplitResult.Undone());
        assertThat(ledger.prepareSplit(request(7))).isEqualTo(new SplitResult.Undone());
        assertThat(end(7)).isEqualTo(new SplitResult.Undone());
        assertThat(isAsBefore()).isTrue();
    }

    @Test
    void aSplitThatWasUndoneBeforeItWasPreparedIsNotPreparedLater() {
        assertThat(end(7)).isEqualTo(new SplitResult.Undone());

        assertThat(ledger.prepareSplit(request(7))).isEqualTo(new SplitResult.Undone());
        assertThat(isAsBefore()).isTrue();
        assertThat(ledger.prepareSplit(request(8))).isInstanceOf(SplitResult.Prepared.class);
        assertThat(ledger.prepareSplit(request(7))).isEqualTo(new SplitResult.Undone());
        assertThat(end(7)).isEqualTo(new SplitResult.Undone());
        assertThat(ledger.commitSplit(request(8))).isEqualTo(new SplitResult.Committed());
    }

    @Test
    void anotherRunOfTheSameSplitGoesOnUnderANewerFence() {
        SplitResult first = ledger.prepareSplit(request(7));

        assertThat(ledger.prepareSplit(request(7, FROZEN + 5))).isEqualTo(first);

        assertThat(row(shard(tenant, 0)).fence()).isEqualTo(FROZEN + 5);
        assertThat(ledger.commitSplit(request(7))).isInstanceOf(SplitResult.Refused.class);
        assertThat(ledger.commitSplit(request(7, FROZEN + 5))).isEqualTo(new SplitResult.Committed());
    }

    @Test
    void p7ANodeThatRestartsMeanwhileGetsItsParentsAndTheSplitIsRefused() {
        ledger.prepareSplit(request(7));
        reattach(NODE_2);

        assertThat(ledger.commitSplit(request(7)))
                .isEqualTo(new SplitResult.Refused("shard " + shard(tenant, 1) + " was attached anew meanwhile"));

        assertThat(end(7)).isEqualTo(new SplitResult.Undone());
        assertThat(rowsOfTenant())
                .containsExactly("0002 generation 1 node 1 stripe 2048", "0102 generation 3 node 2 stripe 2048");
    }

    @Test
    void p19AFailOverMeanwhileKeepsTheSplitFromHappening() {
        ledger.prepareSplit(request(7));
        bump(tenant, 1, NODE_3, FROZEN + 1);

        assertThat(ledger.commitSplit(request(7))).isInstanceOf(SplitResult.Refused.class);
    }

    @Test
    void p19AFailOverThatComesAfterTheCommitFindsNothing() {
        ledger.prepareSplit(request(7));
        ledger.commitSplit(request(7));

        assertThat(bump(tenant, 1, NODE_3, FROZEN + 1)).isEqualTo(new BumpResult.Gone());
        assertThat(isCommitted()).isTrue();
    }

    @Test
    void p1WorkThatWasUnderWayBeforeTheSplitIsSuperseded() {
        ledger.prepareSplit(request(7));

        assertThat(bump(tenant, 0, NODE_1, FROZEN - 1)).isInstanceOf(BumpResult.Superseded.class);
        assertThat(ledger.commitSplit(request(7))).isEqualTo(new SplitResult.Committed());
    }

    @Test
    void shardsThatAreElsewhereOrTakenAreNotSplit() {
        bump(tenant, 0, NODE_3, 3);

        assertThat(ledger.prepareSplit(request(7)))
                .isEqualTo(new SplitResult.Refused("shard " + shard(tenant, 0) + " was issued to node 3, not to 1"));

        bump(tenant, 0, NODE_1, FROZEN + 1);
        assertThat(ledger.prepareSplit(request(7)))
                .isEqualTo(new SplitResult.Refused("shard " + shard(tenant, 0) + " was taken by other work"));
        assertThat(ledger.readTenant(tenant.tenant()).isSplitting()).isFalse();
    }

    @Test
    void ofATenantThatIsDeletedNothingIsSplitAndNothingIsLeft() {
        ledger.prepareSplit(request(7));
        ledger.deleteTenantRows(tenant.tenant(), CREATED_AT);

        assertThat(ledger.readTenant(tenant.tenant()).rows()).isEmpty();
        assertThat(ledger.commitSplit(request(7))).isEqualTo(new SplitResult.Undone());
        assertThat(ledger.prepareSplit(request(8))).isEqualTo(new SplitResult.Undone());
        assertThat(end(7)).isEqualTo(new SplitResult.Undone());
    }

    @Test
    void p7ARestartIsAnsweredWithParentsOrWithChildrenAndTheSplitAgrees() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int round = 1; round <= 40; round++) {
                TenantRows unsharded = rows(100 + round, 0);
                bump(unsharded, 0, NODE_1, 1);
                SplitRequest split = new SplitRequest(
                        unsharded.tenant(),
                        CREATED_AT,
                        new OperationId(7),
                        new SplitOrder(ShardCount.UNSHARDED, new ShardCount(2), 2048),
                        List.of(new SplitParent(shard(unsharded, 0), NODE_1, FROZEN)));
                ledger.prepareSplit(split);

                var restart = threads.submit(() -> reattach(NODE_1));
                var commit = threads.submit(() -> ledger.commitSplit(split));

                List<TenantShardId> named = restart.get().locations().stream()
                        .map(Location::shard)
                        .filter(shard -> shard.tenant().equals(unsharded.tenant()))
                        .toList();
                if (commit.get() instanceof SplitResult.Committed) {
                    assertThat(named)
                            .isEqualTo(IntStream.range(0, 2)
                                    .mapToObj(number -> new TenantShardId(unsharded.tenant(), number, 2))
                                    .toList());
                } else {
                    assertThat(named).containsExactly(shard(unsharded, 0));
                }
            }
        }
    }

    @Test
    void p10APostgresThatLostACommitIsToldTheChildren() {
        ledger.prepareSplit(request(7));

        ledger.raiseAllGenerationsAbove(List.of(IntStream.range(0, 4)
                .mapToObj(number -> new KnownShard(
                        children,
                        shard(children, number),
                        new Generation(1 + number % 2),
                        number % 2 == 0 ? NODE_1 : NODE_2,
                        FROZEN))
                .toList()));

        assertThat(rowsOfTenant())
                .containsExactly(
                        "0004 generation 1025 node 1 stripe 512",
                        "0104 generation 1026 node 2 stripe 512",
                        "0204 generation 1025 node 1 stripe 512",
                        "0304 generation 1026 node 2 stripe 512");
    }

    @Test
    void p10ALogThatHasNotHeardOfACommitDoesNotUndoIt() {
        ledger.prepareSplit(request(7));
        ledger.commitSplit(request(7));

        ledger.raiseAllGenerationsAbove(List.of(List.of(
                new KnownShard(tenant, shard(tenant, 0), new Generation(1), NODE_1, FROZEN),
                new KnownShard(tenant, shard(tenant, 1), new Generation(2), NODE_2, FROZEN))));

        assertThat(ledger.readTenant(tenant.tenant()).rows())
                .extracting(ShardRow::shard)
                .containsExactly(shard(children, 0), shard(children, 1), shard(children, 2), shard(children, 3));
        assertThat(end(7)).isEqualTo(new SplitResult.Committed());
    }
}
