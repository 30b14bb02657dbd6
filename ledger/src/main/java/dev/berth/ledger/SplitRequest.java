package dev.berth.ledger;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import java.util.List;

/**
 * A split as its run believes it to be.
 *
 * @param parents all shards of the tenant, in shard order
 */
public record SplitRequest(
        TenantId tenant, long incarnation, OperationId operation, SplitOrder order, List<SplitParent> parents) {
    public SplitRequest {
        parents = List.copyOf(parents);
        if (parents.size() != order.from().effective()) {
            throw new IllegalArgumentException(parents.size() + " parents of " + order.from() + " shards");
        }
    }

    ShardCount from() {
        return order.from();
    }

    ShardCount to() {
        return order.to();
    }
}
