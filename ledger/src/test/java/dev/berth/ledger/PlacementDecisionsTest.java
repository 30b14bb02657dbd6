package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ledger.PlacementDecisions.Decision;
import dev.berth.ledger.PlacementDecisions.Found;
import dev.berth.ledger.ProjectionBatch.PlacementProjection;
import dev.berth.ledger.ProjectionBatch.Placements;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlacementDecisionsTest extends LedgerFixture {
    private static final long MINUTE_MS = 60_000;

    private final TenantShardId shard = new TenantShardId(new TenantId(5, 5), 0, 0);
    private final TenantShardId other = new TenantShardId(new TenantId(5, 6), 0, 0);

    @Test
    void decisionsAreFoundByPositionAndByTime() {
        project(30, decided(shard, 10, 0), decided(shard, 20, 0), decided(shard, 20, 3), decided(other, 25, 0));

        assertThat(found(Long.MAX_VALUE, Long.MAX_VALUE))
                .isEqualTo(new Decision(20, 20 * MINUTE_MS, "MoveShards", List.of("20/0", "20/3"), 10L));
        assertThat(found(19, Long.MAX_VALUE).position()).isEqualTo(10);
        assertThat(found(Long.MAX_VALUE, 20 * MINUTE_MS - 1).position()).isEqualTo(10);
        assertThat(found(Long.MAX_VALUE, 20 * MINUTE_MS).position()).isEqualTo(20);
        assertThat(found(10, Long.MAX_VALUE).before()).isNull();
        assertThat(ledger.placementDecision(shard, 9, Long.MAX_VALUE)).isEqualTo(new Found(30, null));
        assertThat(ledger.placementDecision(other, 24, Long.MAX_VALUE).decision())
                .isNull();
    }

    @Test
    void aDecisionThatIsToldAgainStaysAsItIs() {
        project(10, decided(shard, 10, 0));
        project(11, new PlacementProjection(shard, 10, 0, 1, "Other", "other"), decided(shard, 11, 0));

        assertThat(found(10, Long.MAX_VALUE).documents()).containsExactly("10/0");
        assertThat(found(11, Long.MAX_VALUE).position()).isEqualTo(11);
    }

    @Test
    void decisionsGoWithTheirTenantButThoseOfItsSuccessorStay() {
        project(10, decided(shard, 10, 0), decided(other, 10, 1));

        assertThat(ledger.project(batch(
                        30,
                        new Placements(
                                List.of(decided(shard, 25, 0), decided(shard, 15, 0)), Map.of(shard.tenant(), 20L)))))
                .isTrue();
        assertThat(ledger.project(batch(31, new Placements(List.of(), Map.of(shard.tenant(), 20L)))))
                .isTrue();

        assertThat(found(Long.MAX_VALUE, Long.MAX_VALUE).position()).isEqualTo(25);
        assertThat(found(Long.MAX_VALUE, Long.MAX_VALUE).before()).isNull();
        assertThat(ledger.placementDecision(other, 10, Long.MAX_VALUE).decision())
                .isNotNull();
    }

    @Test
    void aShardThatMovesForEverKeepsItsNewestDecisionsAndFewMore() throws Exception {
        int moves = 40 * Ledger.PLACEMENT_DECISIONS_KEPT;
        project(1, decided(other, 1, 0));
        for (int from = 2; from < moves; from += 20) {
            project(
                    from + 19,
                    LongStream.range(from, from + 20)
                            .mapToObj(position -> decided(shard, position, 0))
                            .toArray(PlacementProjection[]::new));
        }

        long kept =
                Long.parseLong(query("SELECT count(*) FROM placement_decision").getFirst());
        assertThat(kept).isBetween(Ledger.PLACEMENT_DECISIONS_KEPT + 1L, 4L * Ledger.PLACEMENT_DECISIONS_KEPT);
        assertThat(query("SELECT max(position) FROM placement_decision")).containsExactly(String.valueOf(moves + 1));
        assertThat(ledger.placementDecision(other, Long.MAX_VALUE, Long.MAX_VALUE)
                        .decision())
                .isNotNull();
    }

    private Decision found(long upToPosition, long upToMs) {
        Decision decision =
                ledger.placementDecision(shard, upToPosition, upToMs).decision();
        assertThat(decision).isNotNull();
        return decision;
    }

    private static PlacementProjection decided(TenantShardId shard, long position, int ordinal) {
        return new PlacementProjection(
                shard, position, ordinal, position * MINUTE_MS, "MoveShards", position + "/" + ordinal);
    }

    private void project(long position, PlacementProjection... decisions) {
        assertThat(ledger.project(batch(position, new Placements(List.of(decisions), Map.of()))))
                .isTrue();
    }

    private static ProjectionBatch batch(long position, Placements placements) {
        return new ProjectionBatch(
                position, position, List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), placements);
    }
}
