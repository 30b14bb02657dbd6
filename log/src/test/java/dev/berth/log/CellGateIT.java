package dev.berth.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.ledger.CellIdentity;
import dev.berth.ledger.CellRow;
import dev.berth.ledger.PostgresIdentity;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P10. */
class CellGateIT {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final AtomicInteger CELLS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private Topics topics;
    private FakeLedger ledger;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new TestBroker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newCell() {
        topics = new Topics("gate" + CELLS.incrementAndGet());
        TopicSetup.ensure(broker.clients(), topics, BOUND);
        ledger = new FakeLedger();
    }

    @Test
    void cellIsCreatedWhereBothHalvesAreEmpty() {
        CellRow cell = pass();

        LogIdentity log = LogIdentity.read(broker.clients(), topics, BOUND);
        assertThat(log.first().orElseThrow().command())
                .isEqualTo(new CreateCell(topics.cell(), cell.identity().incarnation()));
        assertThat(cell.identity().incarnation()).isPositive();
    }

    @Test
    void secondServiceFindsTheCellOfTheFirst() {
        assertThat(pass()).isEqualTo(pass());
        assertThat(LogIdentity.read(broker.clients(), topics, BOUND).end()).isEqualTo(1);
    }

    @Test
    void creationThatWasInterruptedIsFinished() {
        LogIdentity log = LogIdentity.read(broker.clients(), topics, BOUND);
        ledger.create(new CellIdentity(topics.cell(), 77, log.clusterId(), log.commandsTopicId()));

        pass();

        assertThat(LogIdentity.read(broker.clients(), topics, BOUND)
                        .first()
                        .orElseThrow()
                        .command())
                .isEqualTo(new CreateCell(topics.cell(), 77));
    }

    @Test
    void logWithoutLedgerIsRefused() {
        pass();
        ledger = new FakeLedger();

        assertThatThrownBy(this::pass).isInstanceOf(CellMismatch.class).hasMessageContaining("ledger knows no cell");
    }

    @Test
    void ledgerOfAnotherClusterIsRefused() {
        CellIdentity identity = pass().identity();
        ledger.set(new CellIdentity(identity.name(), identity.incarnation(), "other", identity.commandsTopicId()), -1);

        assertThatThrownBy(this::pass).isInstanceOf(CellMismatch.class).hasMessageContaining("cluster id");
    }

    @Test
    void topicMadeAnewIsRefused() {
        CellIdentity identity = pass().identity();
        ledger.set(new CellIdentity(identity.name(), identity.incarnation(), identity.kafkaClusterId(), "older"), -1);

        assertThatThrownBy(this::pass).isInstanceOf(CellMismatch.class).hasMessageContaining(topics.commands());
    }

    @Test
    void otherIncarnationIsRefused() {
        CellIdentity identity = pass().identity();
        ledger.set(new CellIdentity(identity.name(), 5, identity.kafkaClusterId(), identity.commandsTopicId()), -1);

        assertThatThrownBy(this::pass).isInstanceOf(CellMismatch.class).hasMessageContaining("incarnation");
    }

    @Test
    void logThatEndsBeforeTheAppliedPositionIsRefused() {
        CellIdentity identity = pass().identity();
        ledger.set(identity, 0);
        pass();
        ledger.set(identity, 1);

        assertThatThrownBy(this::pass).isInstanceOf(CellMismatch.class).hasMessageContaining("ends at position 0");
    }

    @Test
    void emptyLogUnderAnAppliedLedgerIsRefused() {
        LogIdentity log = LogIdentity.read(broker.clients(), topics, BOUND);
        ledger.set(new CellIdentity(topics.cell(), 1, log.clusterId(), log.commandsTopicId()), 10);

        assertThatThrownBy(this::pass).isInstanceOf(CellMismatch.class).hasMessageContaining("is empty");
    }

    @Test
    void logThatBeginsOtherwiseIsRefused() throws Exception {
        LogIdentity log = LogIdentity.read(broker.clients(), topics, BOUND);
        try (CommandLog commands = new CommandLog(broker.clients(), topics, "test")) {
            commands.append(new CommandEnvelope(new CommandId("a"), 0, "test", new RequestQuiescence()))
                    .get(10, TimeUnit.SECONDS);
        }
        ledger.set(new CellIdentity(topics.cell(), 1, log.clusterId(), log.commandsTopicId()), -1);

        assertThatThrownBy(this::pass).isInstanceOf(CellMismatch.class).hasMessageContaining("RequestQuiescence");
    }

    @Test
    void cellThatGoesOnWhileItIsComparedIsNotTakenForATornOne() {
        CellIdentity identity = pass().identity();
        try (CommandLog commands = new CommandLog(broker.clients(), topics, "test")) {
            ledger.onFind(() -> {
                long position = commands.append(
                                new CommandEnvelope(new CommandId("later"), 0, "test", new RequestQuiescence()))
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
                ledger.set(identity, position);
            });

            assertThat(pass().appliedPosition()).isPositive();
        }
    }

    private CellRow pass() {
        return new CellGate(broker.clients(), topics, ledger, BOUND).pass();
    }

    private static final class FakeLedger implements CellGate.LedgerHalf {
        private @Nullable CellRow row;
        private Runnable onFind = () -> {};

        /** What happens to the cell just before its row is read. */
        void onFind(Runnable action) {
            onFind = action;
        }

        @Override
        public Optional<CellRow> find() {
            onFind.run();
            return Optional.ofNullable(row);
        }

        @Override
        public CellRow create(CellIdentity identity) {
            if (row == null) {
                set(identity, -1);
            }
            return java.util.Objects.requireNonNull(row);
        }

        void set(CellIdentity identity, long appliedPosition) {
            row = new CellRow(identity, appliedPosition, -1, 0, new PostgresIdentity(1, 1));
        }
    }
}
