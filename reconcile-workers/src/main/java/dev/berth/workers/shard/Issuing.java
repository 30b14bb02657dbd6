package dev.berth.workers.shard;

import dev.berth.ledger.BumpRequest;
import dev.berth.ledger.BumpResult;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.ReleaseRequest;
import dev.berth.ledger.ReleaseResult;
import dev.berth.ledger.ShardRow;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.task.WorkError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Whatever a batch needs of the ledger, in one statement per kind. */
final class Issuing {
    private final Ledger ledger;

    Issuing(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Issues generations to what is attached anew, gives up those of what is detached, and checks those that shall stay; work that may
     * not go on has failed afterwards.
     */
    void issue(List<ShardWork> works) {
        List<ShardWork> bumps = new ArrayList<>();
        List<ShardWork> configOnly = new ArrayList<>();
        List<ShardWork> releases = new ArrayList<>();
        List<ShardWork> rowsOnly = new ArrayList<>();
        for (ShardWork work : works) {
            if (!work.hasFailed() && !work.lease().mayStart()) {
                work.fail(WorkError.Kind.RETRYABLE, "the lease was about to end before anything was done");
            }
            if (work.hasFailed() || work.isAttached()) {
                continue;
            }
            if (work.attach() != null) {
                (work.standing() == null ? bumps : configOnly).add(work);
            } else {
                (work.task().release() ? releases : rowsOnly).add(work);
            }
        }
        bump(bumps);
        release(releases);
        recheck(configOnly);
        if (!rowsOnly.isEmpty()) {
            ledger.ensureRows(rowsOnly.stream().map(ShardWork::rows).distinct().toList());
        }
    }

    private void bump(List<ShardWork> works) {
        if (works.isEmpty()) {
            return;
        }
        List<BumpResult> results = ledger.bump(works.stream()
                .map(work -> new BumpRequest(
                        work.rows(),
                        work.shard(),
                        work.task().generation(),
                        work.attaching().node(),
                        work.task().sequence()))
                .toList());
        for (int i = 0; i < works.size(); i++) {
            ShardWork work = works.get(i);
            switch (results.get(i)) {
                case BumpResult.Issued issued -> work.issued(issued.generation());
                case BumpResult.AlreadyIssued already -> {
                    work.issued(already.generation());
                    work.fail(WorkError.Kind.REPEATED, "the sequence was met before");
                }
                case BumpResult.Superseded superseded ->
                    work.fail(WorkError.Kind.SUPERSEDED, "superseded by fence " + superseded.fence());
                case BumpResult.Gone gone -> work.fail(WorkError.Kind.TENANT_GONE, "the tenant is deleted");
            }
        }
    }

    private void release(List<ShardWork> works) {
        if (works.isEmpty()) {
            return;
        }
        List<ReleaseResult> results = ledger.release(works.stream()
                .map(work -> new ReleaseRequest(
                        work.rows(), work.shard(), work.task().sequence()))
                .toList());
        for (int i = 0; i < works.size(); i++) {
            if (results.get(i) instanceof ReleaseResult.Superseded superseded) {
                works.get(i).fail(WorkError.Kind.SUPERSEDED, "superseded by fence " + superseded.fence());
            }
        }
    }

    /** P6: a change of configuration stops when the attachment is no longer the one it was meant for. */
    private void recheck(List<ShardWork> works) {
        if (works.isEmpty()) {
            return;
        }
        Map<TenantShardId, ShardRow> rows = rowsOf(works);
        for (ShardWork work : works) {
            ShardRow row = rows.get(work.shard());
            Generation meant =
                    Objects.requireNonNull(work.standing(), "a change of configuration is meant for a generation");
            if (row == null || !row.isIssued(meant, work.attaching().node())) {
                work.fail(WorkError.Kind.SUPERSEDED, "the attachment has changed");
            } else {
                work.issued(meant);
            }
        }
    }

    /** What the ledger has of these shards; none of those it does not know. */
    Map<TenantShardId, ShardRow> rowsOf(List<ShardWork> works) {
        Map<TenantShardId, ShardRow> rows = new HashMap<>();
        ledger.read(works.stream().map(ShardWork::shard).toList()).forEach(row -> rows.put(row.shard(), row));
        return rows;
    }
}
