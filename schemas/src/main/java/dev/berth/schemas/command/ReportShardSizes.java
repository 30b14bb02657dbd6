package dev.berth.schemas.command;

import dev.berth.schemas.model.AutomaticSplitSettings;
import java.util.List;

/**
 * The largest shards that available pageservers have named, from the one process that asks them (P18).
 *
 * @param proberEpoch that entitles it
 * @param settings by which they are judged
 * @param shards at most {@value #SHARDS_MAX}; empty when none is above a limit
 */
public record ReportShardSizes(long proberEpoch, AutomaticSplitSettings settings, List<ShardSize> shards)
        implements CellCommand {
    public static final int SHARDS_MAX = 256;

    public ReportShardSizes {
        shards = shards == null ? List.of() : List.copyOf(shards);
    }
}
