package dev.berth.workflows.port;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.SplitStanding;
import dev.berth.schemas.model.SplitState;
import java.util.List;

/** Where it is decided whether a split happens. Its methods may be repeated, and throw unchecked while the ledger cannot be reached. */
public interface SplitLedger {
    /** A split as its run believes it to be. */
    record Request(
            TenantId tenant, long incarnation, OperationId operation, SplitOrder order, List<SplitParent> parents) {}

    /** Inserts rows of the children that count for nobody yet. */
    SplitStanding prepare(Request request);

    /** The moment at which a split happens. */
    SplitStanding commit(Request request);

    /** Undoes what is not committed: {@code COMMITTED} or {@code UNDONE}, and the same whenever it is asked. */
    SplitState end(TenantId tenant, OperationId operation);

    /** All shards of the tenant as the ledger has them, in shard order, unknown on the nodes they were issued to. */
    List<SplitChild> shards(TenantId tenant);
}
