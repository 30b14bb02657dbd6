package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ledger.MetadataHealth.Health;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetadataHealthTest extends LedgerFixture {
    private final TenantRows tenant = rows(1, 2);
    private final TenantShardId first = shard(tenant, 0);
    private final TenantShardId second = shard(tenant, 1);

    @Test
    void shardsAreHealthyAndLookedAtWhenTheyAreMadeAndForgottenWithTheirRows() {
        ledger.ensureRows(List.of(tenant));

        assertThat(ledger.metadataHealth().unhealthy()).isEmpty();
        assertThat(ledger.metadataHealth().notScrubbedFor(Duration.ofMinutes(1)))
                .isEmpty();
        assertThat(ledger.metadataHealth().notScrubbedFor(Duration.ofMinutes(-1)))
                .extracting(Health::shard, Health::healthy)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(first, true),
                        org.assertj.core.groups.Tuple.tuple(second, true));

        ledger.metadataHealth().update(List.of(), List.of(second));
        ledger.deleteTenantRows(tenant.tenant(), Long.MAX_VALUE);
        assertThat(ledger.metadataHealth().unhealthy()).isEmpty();
    }

    @Test
    void whatTheScrubberFindsIsKeptWithItsTimeAndUnknownShardsArePassedOver() throws Exception {
        ledger.ensureRows(List.of(tenant));
        query("UPDATE shard_generation SET scrubbed_at = now() - interval '2 hours' RETURNING 1");
        Instant before = Instant.now().minusSeconds(60);

        ledger.metadataHealth().update(List.of(first), List.of(second, new TenantShardId(new TenantId(9, 9), 0, 0)));

        assertThat(ledger.metadataHealth().unhealthy()).containsExactly(second);
        assertThat(ledger.metadataHealth().notScrubbedFor(Duration.ofHours(1))).isEmpty();
        assertThat(ledger.metadataHealth().notScrubbedFor(Duration.ofMinutes(-1)))
                .allSatisfy(health -> assertThat(health.scrubbedAt()).isAfter(before));

        ledger.metadataHealth().update(List.of(second), List.of());
        assertThat(ledger.metadataHealth().unhealthy()).isEmpty();
    }
}
