package dev.berth.workflows.port;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one place that issues generations. Its methods throw unchecked while the ledger cannot be reached. */
public interface GenerationLedger {
    /**
     * Asks for a generation of the shard for the node.
     *
     * @param known the newest the log knows; the one issued is above it
     * @param sequence fences: the ledger issues nothing for it twice, nor after it has seen a newer one (P1)
     */
    record Request(
            TenantShardId shard,
            long incarnation,
            ShardCount count,
            int stripeSize,
            @Nullable Generation initial,
            @Nullable Generation known,
            NodeId node,
            long sequence) {}

    /** Whom the newest generation was issued to. */
    record Owner(@Nullable NodeId node, @Nullable Generation generation) {}

    /** Empty when the sequence is superseded or was met before: read the state again and take a new one. */
    Optional<Generation> issue(Request request);

    Optional<Owner> owner(TenantShardId shard);

    /** Removes the tenant's rows and leaves the tombstone (P5). Harmless when repeated. */
    void deleteTenant(TenantId tenant, long incarnation);

    /** Makes the node a tombstone: it is refused from then on (P4). Harmless when repeated. */
    void deleteNode(NodeId node);
}
