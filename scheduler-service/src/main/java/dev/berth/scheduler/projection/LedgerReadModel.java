package dev.berth.scheduler.projection;

import dev.berth.ledger.CellRow;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.ProjectionBatch;
import java.time.Duration;

/**
 * The read model in the ledger. The ledger itself refuses only what is not newer than it; whether another projector has written in between
 * is looked at now and then, since it costs a connection.
 */
public final class LedgerReadModel implements ReadModel {
    private static final Duration LOOK_PERIOD = Duration.ofSeconds(2);

    private final Ledger ledger;
    private long lookedAtNanos = System.nanoTime();

    public LedgerReadModel(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Applied applied() {
        CellRow row = ledger.cell().orElseThrow(() -> new IllegalStateException("the ledger has no cell yet"));
        return new Applied(row.appliedPosition(), row.eventsOffset());
    }

    @Override
    public synchronized boolean project(ProjectionBatch batch, Applied before) {
        if (System.nanoTime() - lookedAtNanos > LOOK_PERIOD.toNanos()) {
            if (!applied().equals(before)) {
                return false;
            }
            lookedAtNanos = System.nanoTime();
        }
        return ledger.project(batch);
    }
}
