package dev.berth.ledger;

import dev.berth.ledger.FencedWrite.Outcome;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fenced writes of the table of generations (P1), and the insertion of a tenant's rows (P5). */
final class Generations {
    private static final int ROUNDS_MAX = 10;

    private final Transactions transactions;
    private final TenantRemoval removal;

    Generations(Transactions transactions, TenantRemoval removal) {
        this.transactions = transactions;
        this.removal = removal;
    }

    /**
     * Writes every row whose fence allows it: one statement in the common case. What it left unwritten is looked at and either explained or
     * tried again, for another transaction may have inserted the rows meanwhile. Outcomes are in the order of the writes.
     */
    List<Outcome> write(String operation, List<FencedWrite> writes) {
        List<PendingWrite> all = writes.stream().map(PendingWrite::new).toList();
        List<PendingWrite> pending = new ArrayList<>(all);
        pending.sort(PendingWrite.ORDER);
        for (int round = 0; !pending.isEmpty(); round++) {
            if (round == ROUNDS_MAX) {
                FencedWrite first = pending.getFirst().write();
                throw new LedgerUnavailableException(
                        operation + ": the rows of " + first.shard() + " keep changing",
                        new IllegalStateException(pending.size() + " requests left"));
            }
            write(operation, pending, round > 0);
            pending.removeIf(PendingWrite::isSettled);
            if (!pending.isEmpty()) {
                explain(pending);
                pending.removeIf(PendingWrite::isSettled);
            }
        }
        return all.stream().map(PendingWrite::outcome).toList();
    }

    /** Inserts the rows of tenants whose first work needs no generation (P5). */
    void ensure(Collection<TenantRows> tenants) {
        List<TenantRows> newest = List.copyOf(newestOf(tenants).values());
        List<RowLine> lines = RowLine.ofTenants(newest);
        transactions.statement("ensure_rows", connection -> GenerationWrites.write(connection, lines));
        if (removal.deleteLeftOvers(newest)) {
            transactions.statement("ensure_rows", connection -> GenerationWrites.write(connection, lines));
        }
    }

    /** One write a shard and one incarnation a tenant at a time; the pending ones come in the order that supersedes. */
    private void write(String operation, List<PendingWrite> pending, boolean withAllRows) {
        Map<TenantId, TenantRows> newest =
                newestOf(pending.stream().map(each -> each.write().tenant()).toList());
        Map<TenantShardId, PendingWrite> chosen = new LinkedHashMap<>();
        for (PendingWrite each : pending) {
            TenantRows tenant = each.write().tenant();
            if (tenant.equals(newest.get(tenant.tenant()))) {
                chosen.putIfAbsent(each.write().shard(), each);
            }
        }
        List<RowLine> lines = RowLine.ofWrites(
                chosen.values().stream().map(PendingWrite::write).toList(), withAllRows);
        Map<TenantShardId, Outcome> written =
                transactions.statement(operation, connection -> GenerationWrites.write(connection, lines));
        chosen.forEach((shard, each) -> {
            Outcome outcome = written.get(shard);
            if (outcome != null) {
                each.settle(outcome);
            }
        });
    }

    private void explain(List<PendingWrite> pending) {
        transactions.statement("explain", connection -> {
            GenerationWrites.explain(connection, pending);
            return pending.size();
        });
        List<TenantRows> unexplained = pending.stream()
                .filter(each -> !each.isSettled())
                .map(each -> each.write().tenant())
                .distinct()
                .toList();
        if (!unexplained.isEmpty()) {
            removal.deleteLeftOvers(unexplained);
        }
    }

    private static Map<TenantId, TenantRows> newestOf(Collection<TenantRows> tenants) {
        Map<TenantId, TenantRows> newest = new HashMap<>();
        tenants.forEach(
                tenant -> newest.merge(tenant.tenant(), tenant, (a, b) -> a.incarnation() >= b.incarnation() ? a : b));
        return newest;
    }
}
