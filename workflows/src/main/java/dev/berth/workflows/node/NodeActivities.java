package dev.berth.workflows.node;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.Unsettled;
import dev.berth.workflows.common.OperationRun;
import io.temporal.activity.ActivityInterface;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operation on a node reads and does; each may be repeated. */
@ActivityInterface(namePrefix = "node.")
public interface NodeActivities {
    /** The next part of what is to be done, behind the shard given. */
    NodePlan plan(OperationRun run, @Nullable TenantShardId after, int room);

    /** The first shards that cannot be moved unless somebody changes something; empty when there are none. */
    List<Skipped> survey(OperationRun run);

    /** Those whose destination has not downloaded enough yet, and how far it is; it is asked to go on. */
    List<Skipped> cold(OperationRun run, List<ShardMove> moves);

    /** Has the moves made. @return those that were refused, and why */
    List<Skipped> move(OperationRun run, List<ShardMove> moves);

    /** Waits a while for the shards to be served where they are intended, with computes told. */
    Unsettled awaitSettled(OperationRun run, List<TenantShardId> shards);

    /** From then on the node cannot come back. */
    void writeTombstone(OperationRun run, NodeId node);
}
