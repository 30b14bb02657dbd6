package dev.berth.scheduler.projection;

import dev.berth.ledger.KnownShard;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerException;
import dev.berth.ledger.LedgerObserver;
import dev.berth.ledger.PostgresRestoredException;
import dev.berth.ledger.PostgresState;
import dev.berth.ledger.ReattachRequest;
import dev.berth.ledger.TenantRows;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.CellView;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ObservedLocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a Postgres that was restored or failed over the cell's ledger again (P10). It may have lost commits, so that until then it issues
 * and confirms nothing. All its generations are raised above what the log knows and above what may have been lost; then every node counts
 * as re-attached, so that what it holds is attached anew. Runs beside the single writer.
 *
 * <p>It is told of a restored Postgres by whatever meets it: as the ledger's observer it passes on everything else.
 */
public final class RestoredPostgres implements LedgerObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestoredPostgres.class);
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(30);
    private static final long AGAIN_MS = 1_000;
    private static final int SLICE = 1_000;

    private final LedgerObserver next;
    private final Semaphore met = new Semaphore(0);
    private @Nullable Thread thread;

    public RestoredPostgres(LedgerObserver next) {
        this.next = next;
    }

    @Override
    public void finished(String operation, long nanos, @Nullable LedgerException error) {
        if (error instanceof PostgresRestoredException) {
            met.release();
        }
        next.finished(operation, nanos, error);
    }

    @Override
    public void retried(String operation, String sqlState) {
        next.retried(operation, sqlState);
    }

    /** Repairs from now on. */
    public void start(CellView view, Ledger ledger) {
        thread = Thread.ofVirtual().name("restored-postgres").start(() -> run(view, ledger));
    }

    private void run(CellView view, Ledger ledger) {
        try {
            while (true) {
                met.acquire();
                try {
                    if (ledger.postgresState() instanceof PostgresState.RestoredPostgres restored) {
                        LOG.warn("Postgres was restored or failed over: {}", restored);
                        repair(view, ledger);
                    }
                } catch (LedgerException | ExecutionException e) {
                    LOG.warn("the restored Postgres is not used yet: {}", e.toString());
                    TimeUnit.MILLISECONDS.sleep(AGAIN_MS);
                }
                met.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void repair(CellView view, Ledger ledger) throws InterruptedException, ExecutionException {
        view.ready().get();
        view.catchUp(CATCH_UP_MAX).get();
        ControllerView state = view.state();
        ledger.raiseAllGenerationsAbove(known(state));
        for (Node node : state.nodes().values()) {
            ledger.reattach(new ReattachRequest(node.id(), Optional.of(node.registration())));
        }
        LOG.warn(
                "all generations are raised and everything is attached anew nodes={}",
                state.nodes().size());
    }

    private static List<List<KnownShard>> known(ControllerView state) {
        List<List<KnownShard>> slices = new ArrayList<>();
        List<KnownShard> slice = new ArrayList<>();
        for (Tenant tenant : state.tenants().values()) {
            TenantRows rows = new TenantRows(
                    tenant.id(), tenant.incarnation(), tenant.count(), tenant.stripeSize(), tenant.initialGeneration());
            for (Shard shard : tenant.shards()) {
                Generation generation = shard.generation();
                slice.add(new KnownShard(
                        rows, tenant.shardId(shard.number()), generation, holder(shard), shard.sequence()));
            }
            if (slice.size() >= SLICE) {
                slices.add(slice);
                slice = new ArrayList<>();
            }
        }
        slices.add(slice);
        return slices;
    }

    /** To whom the newest generation was issued, where that has been seen. */
    private static @Nullable NodeId holder(Shard shard) {
        for (ObservedLocation location : shard.observed()) {
            if (location.isAttached()
                    && location.generation() != null
                    && location.generation().equals(shard.generation())) {
                return location.node();
            }
        }
        return null;
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
