package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.ControllerView;

/**
 * Says when a tick is worth appending: when something is due, and now and then while anything is open. In a quiet cell it never is. One
 * tick at a time is under way.
 */
final class TickTimer {
    /** Longest time without a tick while something is open; whatever has no timer of its own is looked at then. */
    static final long OPEN_EVERY_MS = 10_000;

    private final ControllerCore core;
    private final ControllerView view;
    private boolean underWay;
    private long appendedAtMs;

    TickTimer(ControllerCore core, ControllerView view, long nowMs) {
        this.core = core;
        this.view = view;
        this.appendedAtMs = nowMs;
    }

    /** Whether to append a tick now; if so it counts as under way until it has been applied. */
    boolean shallAppend(long wallMs) {
        if (underWay || view.cell().incarnation() == 0) {
            return false;
        }
        boolean due = core.nextTickAt(view) <= wallMs;
        if (due || (wallMs - appendedAtMs >= OPEN_EVERY_MS && isAnythingOpen())) {
            underWay = true;
            appendedAtMs = wallMs;
            return true;
        }
        return false;
    }

    void applied() {
        underWay = false;
    }

    private boolean isAnythingOpen() {
        return !view.operations().isEmpty()
                || !view.unacknowledged().isEmpty()
                || !view.unscheduled().isEmpty()
                || view.due().size() > 0
                || view.cell().openSweeps() > 0;
    }
}
