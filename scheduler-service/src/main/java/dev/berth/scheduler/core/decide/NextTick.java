package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.ControllerView;

/** When the writer has to append a tick; whoever owns a clock asks here. */
public final class NextTick {
    private NextTick() {}

    /** State time at which something is due; {@link Long#MAX_VALUE} for never. */
    public static long dueAt(ControllerView view) {
        return CellDecider.nextTickAt(view);
    }
}
