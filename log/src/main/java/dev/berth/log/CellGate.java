package dev.berth.log;

import dev.berth.ledger.CellIdentity;
import dev.berth.ledger.CellRow;
import dev.berth.ledger.Ledger;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.Topics;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every service passes before it acts: the ledger's cell and the log must be the two halves of one cell (P10). Where both are empty
 * the cell is created; several processes may try at once, since the ledger keeps the first row and the log the first record.
 */
public final class CellGate {
    private static final Logger LOG = LoggerFactory.getLogger(CellGate.class);

    /** The ledger's half. */
    interface LedgerHalf {
        Optional<CellRow> find();

        /** Creates the row unless there is one; returns the one there is. */
        CellRow create(CellIdentity identity);
    }

    private final LogClients clients;
    private final Topics topics;
    private final LedgerHalf ledger;
    private final Duration bound;

    CellGate(LogClients clients, Topics topics, LedgerHalf ledger, Duration bound) {
        this.clients = clients;
        this.topics = topics;
        this.ledger = ledger;
        this.bound = bound;
    }

    /**
     * Passes, or refuses; the topics must exist.
     *
     * @param bound how long the brokers may take
     * @return the cell as the ledger has it
     * @throws CellMismatch naming what differs
     * @throws LogUnavailable when the brokers do not answer
     */
    public static CellRow pass(LogClients clients, Topics topics, Ledger ledger, Duration bound) {
        LedgerHalf half = new LedgerHalf() {
            @Override
            public Optional<CellRow> find() {
                return ledger.cell();
            }

            @Override
            public CellRow create(CellIdentity identity) {
                return ledger.createCell(identity);
            }
        };
        return new CellGate(clients, topics, half, bound).pass();
    }

    /** The ledger is read first: in a cell at work both go on, and only a log read later must hold what the ledger has applied. */
    CellRow pass() {
        Optional<CellRow> known = ledger.find();
        LogIdentity log = LogIdentity.read(clients, topics, bound);
        if (known.isEmpty()) {
            createInLedger(log);
            return pass();
        }
        CellRow cell = known.get();
        compareIdentity(cell.identity(), log);
        if (log.first().isEmpty()) {
            beginLog(cell);
        } else {
            compareFirst(cell.identity(), log.first().get());
        }
        if (log.end() <= cell.appliedPosition()) {
            throw new CellMismatch("the log of cell " + topics.cell() + " ends at position " + (log.end() - 1)
                    + ", but the ledger has applied position " + cell.appliedPosition());
        }
        return cell;
    }

    private void createInLedger(LogIdentity log) {
        if (ledger.find().isPresent()) {
            return;
        }
        if (log.first().isPresent()) {
            throw new CellMismatch("the ledger knows no cell, but the log begins with "
                    + log.first().get().command());
        }
        long incarnation = new SecureRandom().nextLong(1, Long.MAX_VALUE);
        LOG.info("cell is created cell={} incarnation={}", topics.cell(), incarnation);
        ledger.create(new CellIdentity(topics.cell(), incarnation, log.clusterId(), log.commandsTopicId()));
    }

    private void compareIdentity(CellIdentity cell, LogIdentity log) {
        same("cell name", cell.name(), topics.cell());
        same("Kafka cluster id", cell.kafkaClusterId(), log.clusterId());
        same("id of topic " + topics.commands(), cell.commandsTopicId(), log.commandsTopicId());
    }

    private static void compareFirst(CellIdentity cell, CommandEnvelope first) {
        if (!(first.command() instanceof CreateCell create)) {
            throw new CellMismatch("the log does not begin with the creation of a cell, but with " + first.command());
        }
        same("cell name in the log's first record", cell.name(), create.cell());
        same("incarnation", Long.toString(cell.incarnation()), Long.toString(create.incarnation()));
    }

    private static void same(String what, String ledger, String log) {
        if (!ledger.equals(log)) {
            throw new CellMismatch(what + " differs: " + ledger + " in the ledger, " + log + " in the log");
        }
    }

    /** The ledger's row comes first, so that whoever dies in between leaves something that says how to go on. */
    private void beginLog(CellRow cell) {
        if (cell.appliedPosition() >= 0) {
            throw new CellMismatch("the log of cell " + topics.cell()
                    + " is empty, but the ledger has applied position " + cell.appliedPosition());
        }
        CellIdentity identity = cell.identity();
        CommandEnvelope creation = new CommandEnvelope(
                new CommandId("create-cell-" + identity.incarnation()),
                0,
                "gate",
                new CreateCell(identity.name(), identity.incarnation()));
        try (CommandLog log = new CommandLog(clients, topics, topics.cell() + "-gate")) {
            log.append(creation).get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new LogUnavailable("the creation of the cell cannot be appended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailable("interrupted at the gate", e);
        }
    }
}
