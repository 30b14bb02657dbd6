package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BumpTest extends LedgerFixture {
    private final TenantRows tenant = rows(1, 4);

    @Test
    void p1FirstBumpIssuesTheGenerationAfterTheInitialOne() {
        assertThat(bump(tenant, 2, NODE_1, 1)).isEqualTo(issued(1));

        assertThat(row(shard(tenant, 2)))
                .isEqualTo(new ShardRow(shard(tenant, 2), CREATED_AT, new Generation(1), NODE_1, 1, 2048));
    }

    @Test
    void p1NewerSequenceIssuesTheNextGeneration() {
        bump(tenant, 0, NODE_1, 1);

        assertThat(bump(tenant, 0, NODE_2, 5)).isEqualTo(issued(2));
        assertThat(row(shard(tenant, 0)).isIssued(new Generation(2), NODE_2)).isTrue();
        assertThat(row(shard(tenant, 0)).isIssued(new Generation(2), NODE_1)).isFalse();
        assertThat(row(shard(tenant, 0)).isIssued(new Generation(1), NODE_2)).isFalse();
    }

    @Test
    void p1OlderSequenceIsSupersededAndChangesNothing() {
        bump(tenant, 0, NODE_2, 5);

        assertThat(bump(tenant, 0, NODE_1, 4)).isEqualTo(new BumpResult.Superseded(5, new Generation(1), NODE_2));
        assertThat(row(shard(tenant, 0)).node()).isEqualTo(NODE_2);
    }

    @Test
    void p1SameSequenceMetAgainSaysWhatItIssued() {
        bump(tenant, 0, NODE_2, 5);

        assertThat(bump(tenant, 0, NODE_2, 5)).isEqualTo(new BumpResult.AlreadyIssued(new Generation(1), NODE_2));
    }

    @Test
    void p1GenerationIsAboveTheOneTheLogKnows() {
        bump(tenant, 0, NODE_1, 1);
        BumpRequest known = new BumpRequest(tenant, shard(tenant, 0), new Generation(7), NODE_1, 2);

        assertThat(ledger.bump(List.of(known))).containsExactly(issued(8));
    }

    @Test
    void p1GenerationIsAboveTheOneTheLogKnowsWhenTheRowIsLost() {
        BumpRequest known = new BumpRequest(tenant, shard(tenant, 0), new Generation(7), NODE_1, 2);

        assertThat(ledger.bump(List.of(known))).containsExactly(issued(8));
        assertThat(ledger.readTenant(tenant.tenant()).isComplete()).isTrue();
    }

    @Test
    void p1TenantThatWasNeverToBeAttachedGetsItsFirstGeneration() {
        TenantRows secondary = new TenantRows(tenant(2), CREATED_AT, new ShardCount(0), 2048, null);
        ledger.ensureRows(List.of(secondary));
        assertThat(row(shard(secondary, 0)).generation()).isNull();

        assertThat(bump(secondary, 0, NODE_1, 1)).isEqualTo(issued(1));
    }

    @Test
    void p1GenerationsReachTheWholeUnsignedRangeAndNoFurther() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        sql("UPDATE shard_generation SET generation = 4294967294");

        assertThat(bump(tenant, 0, NODE_1, 2)).isEqualTo(issued(Generation.MAX));
        assertThatThrownBy(() -> bump(tenant, 0, NODE_1, 3)).isExactlyInstanceOf(LedgerException.class);
    }

    @Test
    void p1NodeIdsAboveTheSignedRangeAreKept() {
        var great = dev.berth.schemas.id.NodeId.of("18446744073709551615");

        bump(tenant, 0, great, 1);

        assertThat(row(shard(tenant, 0)).node()).isEqualTo(great);
    }

    @Test
    void p1BatchAnswersInTheOrderOfItsRequestsEachForItself() {
        bump(rows(5, 0), 0, NODE_2, 9);
        List<BumpRequest> batch = List.of(
                bumpOf(rows(9, 0), 0, NODE_1, 1),
                bumpOf(rows(5, 0), 0, NODE_1, 3),
                bumpOf(rows(7, 2), 1, NODE_1, 1),
                bumpOf(rows(7, 2), 0, NODE_1, 1));

        assertThat(ledger.bump(batch))
                .containsExactly(
                        issued(1), new BumpResult.Superseded(9, new Generation(1), NODE_2), issued(1), issued(1));
    }

    @Test
    void p1OfTwoSequencesForOneShardInABatchTheNewerWins() {
        List<BumpRequest> batch = List.of(bumpOf(tenant, 0, NODE_1, 3), bumpOf(tenant, 0, NODE_2, 4));

        assertThat(ledger.bump(batch))
                .containsExactly(new BumpResult.Superseded(4, new Generation(1), NODE_2), issued(1));
    }

    @Test
    void p1EmptyBatchIsAnswered() {
        assertThat(ledger.bump(List.of())).isEmpty();
    }

    @Test
    void p1SequencesBeginAtOne() {
        assertThatThrownBy(() -> bumpOf(tenant, 0, NODE_1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void p1NoGenerationIsIssuedTwiceWhenSequencesRace() throws Exception {
        int racers = 8;
        int each = 40;
        List<Callable<List<BumpResult>>> races = IntStream.range(0, racers)
                .<Callable<List<BumpResult>>>mapToObj(racer -> () -> {
                    List<BumpResult> results = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        results.add(bump(tenant, 1, NODE_1, 1 + i * racers + racer));
                    }
                    return results;
                })
                .toList();

        List<Generation> generations = new ArrayList<>();
        for (List<BumpResult> results : together(races)) {
            results.forEach(result -> {
                if (result instanceof BumpResult.Issued(Generation generation)) {
                    generations.add(generation);
                }
            });
        }

        assertThat(generations).doesNotHaveDuplicates().isNotEmpty();
        assertThat(row(shard(tenant, 1)).generation()).isEqualTo(Collections.max(generations));
        assertThat(row(shard(tenant, 1)).generation()).isEqualTo(new Generation(generations.size()));
        assertThat(row(shard(tenant, 1)).fence()).isEqualTo(racers * each);
    }

    @Test
    void p9BatchesThatOverlapLockInKeyOrderWhateverOrderTheyCameIn() throws Exception {
        List<TenantRows> tenants =
                IntStream.range(0, 100).mapToObj(n -> rows(n, 2)).toList();
        List<Callable<Void>> races = IntStream.range(0, 6)
                .<Callable<Void>>mapToObj(racer -> () -> {
                    Random random = new Random(racer);
                    for (int i = 0; i < 10; i++) {
                        long sequence = 1 + i * 6 + racer;
                        List<BumpRequest> batch = new ArrayList<>();
                        tenants.forEach(each -> batch.add(bumpOf(each, sequence % 2 == 0 ? 0 : 1, NODE_1, sequence)));
                        Collections.shuffle(batch, random);
                        ledger.bump(batch);
                    }
                    return null;
                })
                .toList();

        together(races);

        assertThat(retries).isEmpty();
        assertThat(ledger.readTenant(tenants.getLast().tenant()).rows())
                .extracting(ShardRow::fence)
                .containsExactly(60L, 59L);
    }

    @Test
    void p5AllRowsOfATenantAreInsertedWithTheFirstBump() {
        bump(tenant, 2, NODE_1, 1);

        TenantSnapshot snapshot = ledger.readTenant(tenant.tenant());
        assertThat(snapshot.isComplete()).isTrue();
        assertThat(snapshot.rows())
                .extracting(ShardRow::shard)
                .containsExactly(shard(tenant, 0), shard(tenant, 1), shard(tenant, 2), shard(tenant, 3));
        assertThat(snapshot.rows())
                .extracting(ShardRow::generation)
                .containsExactly(new Generation(0), new Generation(0), new Generation(1), new Generation(0));
    }

    @Test
    void p5RowsThatExistAreNotChangedByInsertion() {
        bump(tenant, 0, NODE_1, 1);
        TenantSnapshot before = ledger.readTenant(tenant.tenant());

        ledger.ensureRows(List.of(tenant));

        assertThat(ledger.readTenant(tenant.tenant())).isEqualTo(before);
    }

    @Test
    void p5WorkersThatMeetAtTheFirstWorkOfATenantAllGetTheirGeneration() throws Exception {
        for (int round = 0; round < 20; round++) {
            TenantRows fresh = rows(1000 + round, 4);
            List<Callable<BumpResult>> races = IntStream.range(0, 4)
                    .<Callable<BumpResult>>mapToObj(number -> () -> bump(fresh, number, NODE_1, 1))
                    .toList();

            assertThat(together(races)).containsOnly(issued(1));
            assertThat(ledger.readTenant(fresh.tenant()).isComplete()).isTrue();
        }
    }

    @Test
    void p5LegacyUnshardedTenantHasOneRowOfCountZero() {
        bump(rows(3, 0), 0, NODE_1, 1);

        TenantSnapshot snapshot = ledger.readTenant(tenant(3));
        assertThat(snapshot.isComplete()).isTrue();
        assertThat(snapshot.rows()).extracting(ShardRow::shard).containsExactly(new TenantShardId(tenant(3), 0, 0));
    }

    @Test
    void p5SnapshotWithRowsOfTwoCountsIsIncomplete() throws Exception {
        bump(rows(3, 1), 0, NODE_1, 1);
        sql("INSERT INTO shard_generation (tenant, incarnation, generation, fence, stripe_size, number, count)"
                + " SELECT tenant, incarnation, 1, 0, 2048, 1, 2 FROM shard_generation");

        assertThat(ledger.readTenant(tenant(3)).isComplete()).isFalse();
        assertThat(ledger.readTenant(tenant(4)).isComplete()).isFalse();
    }

    @Test
    void p5SnapshotsDifferOnceAShardWasAttachedAnew() {
        bump(tenant, 0, NODE_1, 1);
        TenantSnapshot before = ledger.readTenant(tenant.tenant());
        assertThat(before.sameGenerations(ledger.readTenant(tenant.tenant()))).isTrue();

        bump(tenant, 3, NODE_2, 1);

        assertThat(before.sameGenerations(ledger.readTenant(tenant.tenant()))).isFalse();
    }

    @Test
    void p6ReadFindsWhatIsThereInTheOrderAsked() {
        bump(tenant, 0, NODE_1, 1);

        assertThat(ledger.read(List.of(shard(tenant, 3), shard(rows(8, 0), 0), shard(tenant, 0))))
                .extracting(ShardRow::shard)
                .containsExactly(shard(tenant, 3), shard(tenant, 0));
    }

    static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        }
    }
}
