package dev.berth.scheduler.core.evolve;

import dev.berth.scheduler.core.state.AutomaticSplits;
import dev.berth.schemas.event.AutomaticSplitAttempted;
import dev.berth.schemas.event.AutomaticSplitEvent;
import dev.berth.schemas.event.AutomaticSplitForgotten;
import dev.berth.schemas.event.AutomaticSplitsConsidered;

/** Facts about splits that nobody asked for. */
final class AutomaticSplitEvolver {
    private AutomaticSplitEvolver() {}

    static AutomaticSplits evolve(AutomaticSplits splits, AutomaticSplitEvent event) {
        return switch (event) {
            case AutomaticSplitsConsidered considered ->
                splits.considered(considered.settings(), considered.candidates(), considered.atMs());
            case AutomaticSplitAttempted attempted -> splits.with(attempted.attempt());
            case AutomaticSplitForgotten forgotten -> splits.without(forgotten.tenant());
        };
    }
}
