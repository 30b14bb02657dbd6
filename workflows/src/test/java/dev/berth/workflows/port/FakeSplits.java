package dev.berth.workflows.port;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitStanding;
import dev.berth.schemas.model.SplitState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger of one split; decides about it as the real one does. */
public final class FakeSplits implements SplitLedger {
    private final Journal journal;
    private final Generation generation;
    private @Nullable SplitState state;
    private List<SplitChild> children = List.of();
    private boolean attachedAnew;

    public FakeSplits(Journal journal, Generation generation) {
        this.journal = journal;
        this.generation = generation;
    }

    /** A parent is given another generation, as when its node restarts. */
    public synchronized void attachAnew() {
        attachedAnew = true;
    }

    public synchronized @Nullable SplitState state() {
        return state;
    }

    @Override
    public SplitStanding prepare(Request request) {
        enter("prepare rows");
        synchronized (this) {
            if (state == null) {
                state = SplitState.PREPARED;
                children = childrenOf(request);
            }
            return new SplitStanding(state, state == SplitState.PREPARED ? children : List.of(), null);
        }
    }

    private List<SplitChild> childrenOf(Request request) {
        List<SplitChild> made = new ArrayList<>();
        for (int number = 0; number < request.order().to().effective(); number++) {
            made.add(new SplitChild(
                    new TenantShardId(
                            request.tenant(), number, request.order().to().value()),
                    generation,
                    ObservedLocation.unknown(
                            request.parents()
                                    .get(request.order().parentOf(number))
                                    .node(),
                            0)));
        }
        return made;
    }

    @Override
    public SplitStanding commit(Request request) {
        enter("commit in the ledger");
        SplitStanding standing = commit();
        enter("committed in the ledger");
        return standing;
    }

    private synchronized SplitStanding commit() {
        if (state == SplitState.PREPARED && attachedAnew) {
            return new SplitStanding(SplitState.REFUSED, List.of(), "a shard was attached anew meanwhile");
        }
        if (state == SplitState.PREPARED) {
            state = SplitState.COMMITTED;
        }
        return new SplitStanding(state == null ? SplitState.REFUSED : state, List.of(), null);
    }

    @Override
    public SplitState end(TenantId tenant, OperationId operation) {
        enter("end in the ledger");
        synchronized (this) {
            state = state == SplitState.COMMITTED ? SplitState.COMMITTED : SplitState.UNDONE;
            return state;
        }
    }

    @Override
    public List<SplitChild> shards(TenantId tenant) {
        enter("shards in the ledger");
        synchronized (this) {
            return children;
        }
    }

    private void enter(String call) {
        Journal.unchecked(() -> {
            journal.enter(call);
            return call;
        });
    }
}
