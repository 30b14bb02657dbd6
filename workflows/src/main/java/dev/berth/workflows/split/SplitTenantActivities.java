package dev.berth.workflows.split;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.SplitStanding;
import dev.berth.schemas.model.SplitState;
import dev.berth.schemas.reply.Reply.SplitFrozen;
import dev.berth.workflows.common.OperationRun;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/** The effects of a split (behaviour 8.2). Each may be repeated; those before the commit first make sure that the run has the operation. */
@ActivityInterface(namePrefix = "split.")
public interface SplitTenantActivities {
    /** Takes the shards, or says what is waited for. */
    SplitFrozen freeze(OperationRun run);

    SplitStanding prepareRows(SplitWork work, List<SplitParent> parents);

    /**
     * Lets the pageserver split the shard, unless it has, and reads back what it made.
     *
     * @param children those of this parent, as prepared
     * @return the same, as found: attached in the generation prepared
     */
    List<SplitChild> splitShard(SplitWork work, SplitParent parent, List<SplitChild> children);

    SplitStanding commit(SplitWork work, List<SplitParent> parents);

    /** Undoes what is not committed, whoever has the operation. */
    SplitState end(TenantId tenant, OperationId operation);

    /** What the ledger has, with the locations of those children that were seen in the generation it has. @return what the split was */
    SplitWork tellStateMachine(OperationRun run, TenantId tenant, List<SplitChild> seen);

    /** Compensation. */
    void detachChild(NodeId node, TenantShardId child);

    /** From every node where a child of it is, or may be: that is where it was. */
    void removeParent(SplitWork work, int number);

    /** Lets secondaries fetch what the children have, without waiting for it. */
    void warmSecondaries(SplitWork work, TenantShardId child);
}
