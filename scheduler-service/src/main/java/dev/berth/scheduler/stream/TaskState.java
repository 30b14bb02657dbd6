package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.schemas.id.TenantId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of the one task there is: the commands have one partition. Reset and filled by the store before the processor is made,
 * changed by the processor alone from then on.
 */
final class TaskState {
    private volatile HeapControllerState state = new HeapControllerState();
    private volatile KnownOutcomes outcomes = new KnownOutcomes();
    private TenantEntries.Assembly tenants = new TenantEntries.Assembly();
    private final Set<TenantId> whole = new HashSet<>();

    HeapControllerState state() {
        return state;
    }

    KnownOutcomes outcomes() {
        return outcomes;
    }

    void reset() {
        state = new HeapControllerState();
        outcomes = new KnownOutcomes();
        tenants = new TenantEntries.Assembly();
        whole.clear();
    }

    void restore(byte[] key, byte @Nullable [] value) {
        StateCodec.restore(state, tenants, key, value);
        StateCodec.restore(outcomes, key, value);
    }

    /** Everything has been restored; called before the first command. */
    void complete() {
        whole.addAll(tenants.putInto(state));
    }

    /** Tenants that the changelog has in the form of older builds. */
    Set<TenantId> whole() {
        return whole;
    }

    long size() {
        return state.tenants().size()
                + state.nodes().size()
                + state.operations().size()
                + (long) outcomes.size();
    }
}
