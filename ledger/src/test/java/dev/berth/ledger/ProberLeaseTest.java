package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProberLeaseTest extends LedgerFixture {
    @Test
    void p18OneProberPerCell() {
        try (ProberLease held = ledger.tryBecomeProber().orElseThrow()) {
            assertThat(held.isHeld()).isTrue();
            assertThat(ledger.tryBecomeProber()).isEmpty();
        }
    }

    @Test
    void p18EachProberHasANewerEpoch() {
        long first;
        try (ProberLease held = ledger.tryBecomeProber().orElseThrow()) {
            first = held.epoch();
        }

        try (ProberLease next = awaitLease()) {
            assertThat(next.epoch()).isEqualTo(first + 1);
            assertThat(ledger.cell().orElseThrow().proberEpoch()).isEqualTo(first + 1);
        }
    }

    @Test
    void p18ALostConnectionEndsTheLease() throws Exception {
        try (ProberLease lost = ledger.tryBecomeProber().orElseThrow()) {
            killConnections();

            await().atMost(Duration.ofSeconds(20)).until(() -> !lost.isHeld());
            try (ProberLease next = awaitLease()) {
                assertThat(next.epoch()).isGreaterThan(lost.epoch());
            }
        }
    }

    @Test
    void p18ProbersOfTwoCellsDoNotMeet() {
        LedgerOptions second = TestPostgres.newCell();
        try (Ledger other = open(second);
                ProberLease held = ledger.tryBecomeProber().orElseThrow()) {
            other.createCell(new CellIdentity(second.cell(), 43, "kafka-1", "topic-2"));

            try (ProberLease too = other.tryBecomeProber().orElseThrow()) {
                assertThat(too.isHeld()).isTrue();
            }
        }
    }

    @Test
    void p18NoProberBeforeTheCellIsCreated() throws Exception {
        sql("DELETE FROM cell");

        assertThat(ledger.tryBecomeProber()).isEmpty();
    }

    /** The server notices the end of a session a moment after the client. */
    private ProberLease awaitLease() {
        return await().atMost(Duration.ofSeconds(20))
                .until(ledger::tryBecomeProber, Optional::isPresent)
                .orElseThrow();
    }
}
