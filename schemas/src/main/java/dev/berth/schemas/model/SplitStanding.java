package dev.berth.schemas.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger answers about a split.
 *
 * @param children once prepared, in shard order, unknown on the nodes of their parents
 * @param why it is refused
 */
public record SplitStanding(
        SplitState state,
        List<SplitChild> children,
        @Nullable String why) {}
