package dev.berth.workflows.port;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where it is decided whether a split happens. Its methods may be repeated, and throw unchecked while the ledger cannot be reached. */
public interface SplitLedger {
    /** A split as its run believes it to be. */
    record Request(
            TenantId tenant, long incarnation, OperationId operation, SplitOrder order, List<SplitParent> parents) {}

    /** How it stands. */
    enum State {
        PREPARED,
        /** It has happened. */
        COMMITTED,
        /** It has not happened, and cannot any more. */
        UNDONE,
        /** Its shards are not where or what it believes; nothing was changed. */
        REFUSED
    }

    /**
     * An answer.
     *
     * @param children once prepared, in shard order, unknown on the nodes of their parents
     * @param why it is refused
     */
    record Standing(
            State state,
            List<SplitChild> children,
            @Nullable String why) {}

    /** Inserts rows of the children that count for nobody yet. */
    Standing prepare(Request request);

    /** The moment at which a split happens. */
    Standing commit(Request request);

    /** Undoes what is not committed: {@code COMMITTED} or {@code UNDONE}, and the same whenever it is asked. */
    State end(TenantId tenant, OperationId operation);

    /** All shards of the tenant as the ledger has them, in shard order, unknown on the nodes they were issued to. */
    List<SplitChild> shards(TenantId tenant);
}
