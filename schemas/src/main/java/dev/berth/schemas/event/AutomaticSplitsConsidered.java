package dev.berth.schemas.event;

import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.SplitCandidate;
import java.util.List;

/** Which tenants are too large, by these settings; takes the place of what was found before. */
public record AutomaticSplitsConsidered(AutomaticSplitSettings settings, List<SplitCandidate> candidates, long atMs)
        implements AutomaticSplitEvent {
    public AutomaticSplitsConsidered {
        candidates = candidates == null ? List.of() : List.copyOf(candidates);
    }
}
