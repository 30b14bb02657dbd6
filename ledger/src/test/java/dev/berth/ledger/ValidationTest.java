package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ShardGeneration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ValidationTest extends LedgerFixture {
    private final TenantRows tenant = rows(1, 2);

    @Test
    void onlyTheNewestIssuedGenerationIsValid() {
        bump(tenant, 0, NODE_1, 1);
        bump(tenant, 0, NODE_2, 2);

        assertThat(ledger.validate(List.of(asked(0, 1), asked(0, 2), asked(0, 3))))
                .containsExactly(answer(0, false), answer(0, true), answer(0, false));
    }

    @Test
    void aReattachInvalidatesTheGenerationBefore() {
        bump(tenant, 0, NODE_1, 1);
        assertThat(ledger.validate(List.of(asked(0, 1)))).containsExactly(answer(0, true));

        ledger.reattach(new ReattachRequest(NODE_1, Optional.empty()));

        assertThat(ledger.validate(List.of(asked(0, 1), asked(0, 2))))
                .containsExactly(answer(0, false), answer(0, true));
    }

    @Test
    void unknownShardsAreLeftOutAndTheOrderIsKept() {
        bump(tenant, 0, NODE_1, 1);
        bump(tenant, 1, NODE_1, 1);
        ShardGeneration unknown = new ShardGeneration(new TenantShardId(tenant(9), 0, 0), new Generation(1));
        ShardGeneration otherCount = new ShardGeneration(new TenantShardId(tenant(1), 0, 4), new Generation(1));

        assertThat(ledger.validate(List.of(asked(1, 1), unknown, otherCount, asked(0, 1), asked(1, 1))))
                .containsExactly(answer(1, true), answer(0, true), answer(1, true));
    }

    @Test
    void aDeletedTenantIsUnknown() {
        bump(tenant, 0, NODE_1, 1);
        ledger.deleteTenantRows(tenant.tenant(), CREATED_AT);

        assertThat(ledger.validate(List.of(asked(0, 1)))).isEmpty();
    }

    @Test
    void aShardWithoutGenerationHasNoValidOne() {
        ledger.ensureRows(List.of(new TenantRows(tenant(1), CREATED_AT, new ShardCount(2), 2048, null)));

        assertThat(ledger.validate(List.of(asked(0, 0)))).containsExactly(answer(0, false));
    }

    @Test
    void nothingAskedNothingAnswered() {
        assertThat(ledger.validate(List.of())).isEmpty();
    }

    private ShardGeneration asked(int number, long generation) {
        return new ShardGeneration(shard(tenant, number), new Generation(generation));
    }

    private Validation answer(int number, boolean valid) {
        return new Validation(shard(tenant, number), valid);
    }
}
