package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.ControllerState;
import org.jspecify.annotations.Nullable;

/** Puts entries of the writer's changelog into an empty state. */
public final class StateRestoration {
    private final ControllerState state;
    private final TenantEntries.Assembly tenants = new TenantEntries.Assembly();

    public StateRestoration(ControllerState state) {
        this.state = state;
    }

    /** A later entry for the same key replaces it; a null value takes it out. */
    public void entry(byte[] key, byte @Nullable [] value) {
        StateCodec.restore(state, tenants, key, value);
    }

    /** There are no more: now the state is complete. */
    public void end() {
        tenants.putInto(state);
    }
}
