package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.model.ShardGeneration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CellTest extends LedgerFixture {
    private final TenantRows tenant = rows(1, 2);

    @Test
    void p10CellKeepsTheIdentityItWasCreatedWith() {
        CellIdentity created = new CellIdentity(options.cell(), 42, "kafka-1", "topic-1");
        assertThat(ledger.cell().orElseThrow().identity()).isEqualTo(created);

        CellRow kept = ledger.createCell(new CellIdentity(options.cell(), 43, "kafka-2", "topic-2"));

        assertThat(kept.identity()).isEqualTo(created);
        assertThat(kept.appliedPosition()).isEqualTo(-1);
    }

    @Test
    void p10NoCellBeforeItIsCreated() throws Exception {
        sql("DELETE FROM cell");

        assertThat(ledger.cell()).isEmpty();
        assertThat(ledger.postgresState()).isInstanceOf(PostgresState.Same.class);
    }

    @Test
    void p10CellsShareAPostgresWithoutSeeingEachOther() {
        try (Ledger other = open(TestPostgres.options("other_" + options.cell()))) {
            other.register(node(NODE_1));
            other.bump(List.of(bumpOf(tenant, 0, NODE_1, 1)));

            assertThat(ledger.nodes()).isEmpty();
            assertThat(ledger.readTenant(tenant.tenant()).rows()).isEmpty();
            assertThat(other.readTenant(tenant.tenant()).rows()).hasSize(2);
        }
    }

    @Test
    void p10SamePostgresIsRecognised() {
        PostgresIdentity seen = ledger.cell().orElseThrow().lastSeen();

        assertThat(ledger.postgresState()).isEqualTo(new PostgresState.Same(seen));
    }

    @Test
    void p10NothingIsIssuedOrConfirmedOnARestoredPostgres() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        failOver("timeline = timeline + 1");

        assertThat(ledger.postgresState()).isInstanceOf(PostgresState.RestoredPostgres.class);
        assertThatThrownBy(() -> bump(tenant, 0, NODE_1, 2)).isInstanceOf(PostgresRestoredException.class);
        assertThatThrownBy(() -> ledger.reattach(new ReattachRequest(NODE_1, Optional.empty())))
                .isInstanceOf(PostgresRestoredException.class);
        assertThatThrownBy(() -> ledger.validate(List.of(new ShardGeneration(shard(tenant, 0), new Generation(1)))))
                .isInstanceOf(PostgresRestoredException.class);
    }

    @Test
    void p10AnotherSystemIdentifierIsARestoredPostgresToo() throws Exception {
        failOver("system_identifier = system_identifier + 1");

        assertThat(ledger.postgresState()).isInstanceOf(PostgresState.RestoredPostgres.class);
        assertThatThrownBy(() -> bump(tenant, 0, NODE_1, 1)).isInstanceOf(PostgresRestoredException.class);
    }

    @Test
    void p10GenerationsAreRaisedAboveTheLogAndWhatTheLedgerLost() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        bump(tenant, 1, NODE_1, 5);
        TenantRows lost = rows(2, 0);
        failOver("timeline = timeline + 1");

        ledger.raiseAllGenerationsAbove(List.of(
                List.of(
                        new KnownShard(tenant, shard(tenant, 0), new Generation(3), NODE_2, 8),
                        new KnownShard(tenant, shard(tenant, 1), new Generation(0), null, 4)),
                List.of(new KnownShard(lost, shard(lost, 0), new Generation(9), NODE_3, 2))));

        assertThat(ledger.postgresState()).isInstanceOf(PostgresState.Same.class);
        ShardRow first = row(shard(tenant, 0));
        assertThat(first.generation()).isGreaterThan(new Generation(3));
        assertThat(first.node()).isEqualTo(NODE_2);
        assertThat(first.fence()).isEqualTo(8);
        ShardRow second = row(shard(tenant, 1));
        assertThat(second.generation()).isGreaterThan(new Generation(1));
        assertThat(second.node()).isEqualTo(NODE_1);
        assertThat(second.fence()).isEqualTo(5);
        assertThat(row(shard(lost, 0)).generation()).isGreaterThan(new Generation(9));
        assertThat(bump(lost, 0, NODE_1, 3)).isInstanceOf(BumpResult.Issued.class);
    }

    private void failOver(String difference) throws Exception {
        sql("UPDATE cell SET " + difference);
        killConnections();
    }
}
