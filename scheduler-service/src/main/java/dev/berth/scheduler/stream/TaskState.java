package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.HeapControllerState;
import org.jspecify.annotations.Nullable;

/**
 * The objects of the one task there is: the commands have one partition. Reset and filled by the store before the processor is made,
 * changed by the processor alone from then on.
 */
final class TaskState {
    private volatile HeapControllerState state = new HeapControllerState();
    private volatile KnownOutcomes outcomes = new KnownOutcomes();

    HeapControllerState state() {
        return state;
    }

    KnownOutcomes outcomes() {
        return outcomes;
    }

    void reset() {
        state = new HeapControllerState();
        outcomes = new KnownOutcomes();
    }

    void restore(byte[] key, byte @Nullable [] value) {
        StateCodec.restore(state, key, value);
        StateCodec.restore(outcomes, key, value);
    }

    long size() {
        return state.tenants().size()
                + state.nodes().size()
                + state.operations().size()
                + (long) outcomes.size();
    }
}
