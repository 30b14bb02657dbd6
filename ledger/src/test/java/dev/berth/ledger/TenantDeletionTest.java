package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TenantDeletionTest extends LedgerFixture {
    private final TenantRows first = rows(1, 2, 100);
    private final TenantRows second = rows(1, 4, 200);

    @Test
    void p5DeletionRemovesAllRows() {
        bump(first, 0, NODE_1, 1);

        ledger.deleteTenantRows(first.tenant(), 100);

        assertThat(ledger.readTenant(first.tenant()).rows()).isEmpty();
    }

    @Test
    void p5LateWorkOfADeletedTenantIsRefused() {
        bump(first, 0, NODE_1, 1);
        ledger.deleteTenantRows(first.tenant(), 100);

        assertThat(bump(first, 0, NODE_1, 2)).isEqualTo(new BumpResult.Gone());
        ledger.ensureRows(List.of(first));
        assertThat(ledger.readTenant(first.tenant()).rows()).isEmpty();
    }

    @Test
    void p5LateFirstWorkOfATenantDeletedBeforeItHadRowsIsRefused() {
        ledger.deleteTenantRows(first.tenant(), 100);

        assertThat(bump(first, 0, NODE_1, 1)).isEqualTo(new BumpResult.Gone());
        assertThat(ledger.readTenant(first.tenant()).rows()).isEmpty();
    }

    @Test
    void p5NewCreationStartsAboveTheLastGeneration() {
        bump(first, 0, NODE_1, 1);
        bump(first, 1, NODE_1, 1);
        bump(first, 1, NODE_1, 2);
        ledger.deleteTenantRows(first.tenant(), 100);

        assertThat(bump(second, 3, NODE_2, 1)).isEqualTo(issued(3));
        assertThat(ledger.readTenant(first.tenant()).rows())
                .extracting(ShardRow::generation)
                .containsExactly(new Generation(2), new Generation(2), new Generation(2), new Generation(3));
    }

    @Test
    void p5NewCreationWithoutAttachmentStartsAboveTheLastGenerationToo() {
        bump(first, 0, NODE_1, 1);
        ledger.deleteTenantRows(first.tenant(), 100);

        ledger.ensureRows(List.of(new TenantRows(first.tenant(), 200, new ShardCount(0), 2048, null)));

        assertThat(ledger.readTenant(first.tenant()).rows())
                .extracting(ShardRow::generation)
                .containsExactly(new Generation(1));
    }

    @Test
    void p5LastGenerationIsRememberedThroughSeveralDeletions() {
        bump(first, 0, NODE_1, 1);
        bump(first, 0, NODE_1, 2);
        ledger.deleteTenantRows(first.tenant(), 100);
        ledger.ensureRows(List.of(second));
        ledger.deleteTenantRows(first.tenant(), 200);
        ledger.deleteTenantRows(first.tenant(), 200);

        assertThat(bump(rows(1, 0, 300), 0, NODE_1, 1)).isEqualTo(issued(3));
    }

    @Test
    void p5WorkOfTheOlderIncarnationIsRefusedAfterTheNewCreation() {
        bump(first, 0, NODE_1, 1);
        ledger.deleteTenantRows(first.tenant(), 100);
        TenantRows again = rows(1, 2, 200);
        bump(again, 0, NODE_2, 1);

        assertThat(bump(first, 0, NODE_1, 9)).isEqualTo(new BumpResult.Gone());
        assertThat(row(shard(again, 0)).node()).isEqualTo(NODE_2);
    }

    @Test
    void p5DeletingAnOlderIncarnationLeavesTheNewOneAlone() {
        bump(second, 0, NODE_1, 1);

        ledger.deleteTenantRows(first.tenant(), 100);

        assertThat(ledger.readTenant(first.tenant()).isComplete()).isTrue();
        assertThat(bump(second, 0, NODE_1, 2)).isEqualTo(issued(2));
    }

    @Test
    void p5RowsLeftOverByAnOlderIncarnationGiveWay() {
        bump(first, 0, NODE_1, 1);

        assertThat(bump(second, 0, NODE_2, 1)).isEqualTo(issued(2));
        assertThat(ledger.readTenant(first.tenant()).isComplete()).isTrue();
        assertThat(ledger.readTenant(first.tenant()).rows()).hasSize(4);
    }

    @Test
    void p5RowsLeftOverGiveWayToATenantWithoutAttachmentToo() {
        bump(first, 0, NODE_1, 1);

        ledger.ensureRows(List.of(second));

        assertThat(ledger.readTenant(first.tenant()).rows()).hasSize(4);
    }

    @Test
    void p5TwoIncarnationsInOneBatchAreToldApart() {
        List<BumpRequest> batch = List.of(bumpOf(rows(1, 2, 100), 0, NODE_1, 1), bumpOf(rows(1, 2, 200), 0, NODE_2, 1));

        assertThat(ledger.bump(batch)).containsExactly(new BumpResult.Gone(), issued(1));
    }

    @Test
    void p5NoRowSurvivesADeletionThatRacesWithBumps() throws Exception {
        for (int round = 0; round < 30; round++) {
            TenantRows tenant = rows(100 + round, 2);
            List<Callable<Object>> races = IntStream.range(0, 4)
                    .<Callable<Object>>mapToObj(racer -> () -> {
                        if (racer == 0) {
                            ledger.deleteTenantRows(tenant.tenant(), CREATED_AT);
                            return 0;
                        }
                        return bump(tenant, racer % 2, NODE_1, racer);
                    })
                    .toList();

            BumpTest.together(races);

            assertThat(ledger.readTenant(tenant.tenant()).rows()).isEmpty();
        }
    }

    @Test
    void p5TombstonesOutliveTheLongestLeaseAndGoAfterwards() throws Exception {
        ledger.deleteTenantRows(first.tenant(), 100);
        assertThat(ledger.purgeTombstones()).isZero();

        sql("UPDATE tenant_incarnation SET deleted_at = now() - interval '61 minutes'");

        assertThat(ledger.purgeTombstones()).isOne();
    }

    @Test
    void releaseForgetsTheNodeAndKeepsTheGeneration() {
        bump(first, 0, NODE_1, 1);

        assertThat(release(first, 0, 2)).isEqualTo(new ReleaseResult.Released(new Generation(1)));
        assertThat(row(shard(first, 0)).node()).isNull();
        assertThat(release(first, 0, 2)).isEqualTo(new ReleaseResult.Released(new Generation(1)));
    }

    @Test
    void releaseIsFencedLikeABump() {
        bump(first, 0, NODE_1, 5);

        assertThat(release(first, 0, 4)).isEqualTo(new ReleaseResult.Superseded(5, new Generation(1), NODE_1));
        assertThat(release(first, 0, 5)).isEqualTo(new ReleaseResult.Superseded(5, new Generation(1), NODE_1));
        release(first, 0, 6);
        assertThat(bump(first, 0, NODE_2, 6)).isEqualTo(new BumpResult.AlreadyIssued(new Generation(1), null));
    }

    @Test
    void releaseOfADeletedTenantIsRefused() {
        ledger.deleteTenantRows(first.tenant(), 100);

        assertThat(release(first, 0, 1)).isEqualTo(new ReleaseResult.Gone());
    }

    private ReleaseResult release(TenantRows tenant, int number, long sequence) {
        return ledger.release(List.of(new ReleaseRequest(tenant, shard(tenant, number), sequence)))
                .getFirst();
    }
}
