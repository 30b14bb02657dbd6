package dev.berth.workers.operations;

import dev.berth.ledger.Ledger;
import dev.berth.ledger.StoredPlan;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.model.OperationPlan;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.wire.MessageCodec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plans that operations carry out. Read once, then remembered: a plan never changes, and its operation asks for it part by part. */
final class PlansInLedger {
    /** More than one process carries out at a time. */
    private static final int REMEMBERED_MAX = 8;

    private final Ledger ledger;
    private final Map<PlanId, List<PlannedShard>> remembered = new LinkedHashMap<>(16, 0.75f, true);

    PlansInLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /** In order of shard id. @throws IllegalStateException when the plan is kept no more, which ends its operation */
    List<PlannedShard> moves(PlanId id) {
        synchronized (remembered) {
            List<PlannedShard> known = remembered.get(id);
            if (known != null) {
                return known;
            }
        }
        StoredPlan stored =
                ledger.plan(id).orElseThrow(() -> new IllegalStateException("plan " + id + " is not kept any more"));
        List<PlannedShard> moves = MessageCodec.decodePlan(stored.document()).moves().stream()
                .map(OperationPlan.Move::shard)
                .toList();
        synchronized (remembered) {
            remembered.put(id, moves);
            if (remembered.size() > REMEMBERED_MAX) {
                remembered.remove(remembered.keySet().iterator().next());
            }
        }
        return moves;
    }
}
