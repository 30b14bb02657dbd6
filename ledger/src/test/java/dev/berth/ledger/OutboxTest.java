package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.id.CommandId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboxTest extends LedgerFixture {
    @Test
    void p9RowsAreDeletedOnlyAfterTheLogHasAcknowledgedThem() {
        ledger.register(node(NODE_1));
        List<OutboxRow> tried = new ArrayList<>();

        assertThatThrownBy(() -> ledger.relayOutbox(10, rows -> {
                    tried.addAll(rows);
                    throw new IOException("the broker is away");
                }))
                .isExactlyInstanceOf(LedgerException.class);

        assertThat(relayed()).isEqualTo(tried).hasSize(1);
        assertThat(relayed()).isEmpty();
    }

    @Test
    void p9TheIdOfTheRowIsTheIdOfTheCommand() {
        ledger.register(node(NODE_1));

        OutboxRow row = relayed().getFirst();

        assertThat(row.envelope().id()).isEqualTo(row.id());
        assertThat(row.envelope().notAfterMs()).isZero();
    }

    @Test
    void p9ARowThatCommitsAfterLaterOnesIsRelayedNevertheless() throws Exception {
        try (Connection slow = database.connect();
                Statement insert = slow.createStatement()) {
            slow.setAutoCommit(false);
            insert.execute("INSERT INTO outbox (id, payload) VALUES ('00000000-0000-0000-0000-000000000001', 'slow')");
            ledger.register(node(NODE_1));
            assertThat(relayed())
                    .extracting(row -> row.envelope().command())
                    .containsExactly(new ReportNodeRegistered(node(NODE_1)));

            slow.commit();
        }

        assertThat(relayed())
                .extracting(OutboxRow::id)
                .containsExactly(new CommandId("00000000-0000-0000-0000-000000000001"));
    }

    @Test
    void p9RelaysInTheOrderOfInsertionUpToTheLimit() {
        ledger.register(node(NODE_1));
        ledger.register(node(NODE_2));
        ledger.reattach(new ReattachRequest(NODE_1, Optional.empty()));
        List<OutboxRow> first = new ArrayList<>();

        assertThat(ledger.relayOutbox(2, first::addAll)).isEqualTo(new RelayResult.Relayed(2));

        assertThat(first)
                .extracting(row -> row.envelope().command())
                .containsExactly(new ReportNodeRegistered(node(NODE_1)), new ReportNodeRegistered(node(NODE_2)));
        assertThat(relayed())
                .extracting(row -> row.envelope().command())
                .containsExactly(new ReportNodeReattached(NODE_1, 1));
    }

    @Test
    void p9OneRelayAtATimeKeepsTheOrder() throws Exception {
        ledger.register(node(NODE_1));
        CountDownLatch publishing = new CountDownLatch(1);
        CountDownLatch acknowledged = new CountDownLatch(1);
        CompletableFuture<RelayResult> first = CompletableFuture.supplyAsync(
                () -> ledger.relayOutbox(10, rows -> {
                    publishing.countDown();
                    acknowledged.await();
                }),
                Thread::startVirtualThread);
        assertThat(publishing.await(20, TimeUnit.SECONDS)).isTrue();
        ledger.register(node(NODE_2));

        assertThat(ledger.relayOutbox(10, rows -> {})).isEqualTo(new RelayResult.Busy());

        acknowledged.countDown();
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(new RelayResult.Relayed(1));
        assertThat(relayed()).hasSize(1);
    }

    @Test
    void p9ARelayThatDiesWhilePublishingLeavesItsRowsToTheNext() throws Exception {
        ledger.register(node(NODE_1));

        assertThatThrownBy(() -> ledger.relayOutbox(10, rows -> killConnections()))
                .isInstanceOf(LedgerUnavailableException.class);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(relayed()).hasSize(1));
    }

    @Test
    void p9RegistrationThatIsRolledBackLeavesNoFact() throws Exception {
        sql("ALTER TABLE node ADD CHECK (listen_pg_port <> 6400)");

        assertThatThrownBy(() -> ledger.reattach(new ReattachRequest(NODE_1, Optional.of(node(NODE_1)))))
                .isExactlyInstanceOf(LedgerException.class);

        assertThat(relayed()).isEmpty();
    }

    @Test
    void p9BackgroundRelayPublishesAtOnceAndGoesOnAfterFailures() {
        List<OutboxRow> published = new CopyOnWriteArrayList<>();
        AtomicInteger failures = new AtomicInteger(3);
        try (OutboxRelay relay = ledger.startRelay(rows -> {
            if (failures.getAndDecrement() > 0) {
                throw new IOException("the broker is away");
            }
            published.addAll(rows);
        })) {
            for (int i = 1; i <= 10; i++) {
                ledger.register(node(dev.berth.schemas.id.NodeId.of(i)));
            }

            await().atMost(Duration.ofSeconds(20)).until(() -> published.size() == 10);
        }
        assertThat(published).extracting(OutboxRow::number).isSorted().doesNotHaveDuplicates();
        assertThat(ledger.outboxHighest()).isZero();
    }

    @Test
    void p9BackgroundRelayFindsWhatADeadProcessLeftBehind() throws Exception {
        List<OutboxRow> published = new CopyOnWriteArrayList<>();
        try (OutboxRelay relay = ledger.startRelay(published::addAll);
                Ledger other = open(options)) {
            other.register(node(NODE_1));

            await().atMost(Duration.ofSeconds(20)).until(() -> published.size() == 1);
        }
    }

    @Test
    void p24RowsThatWerePresentAreKnownToBeRelayed() {
        ledger.register(node(NODE_1));
        ledger.register(node(NODE_2));
        long present = ledger.outboxHighest();
        assertThat(ledger.outboxEmptyUpTo(present)).isFalse();
        ledger.register(node(NODE_3));

        ledger.relayOutbox(2, rows -> {});

        assertThat(ledger.outboxEmptyUpTo(present)).isTrue();
        assertThat(ledger.outboxEmptyUpTo(ledger.outboxHighest())).isFalse();
        relayed();
        assertThat(ledger.outboxEmptyUpTo(ledger.outboxHighest())).isTrue();
    }
}
