package dev.berth.standalone.options;

import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags of splits that nobody asks for (http-api 18.1 and 18.3). */
@SuppressWarnings("NullAway.Init")
final class SplitFlags {
    private static final int SHARDS_MAX = 255;

    @Option(
            names = "--split-threshold",
            paramLabel = "BYTES",
            description = "Logical size of a shard above which its tenant is split; off without it.")
    private @Nullable Long splitThreshold;

    @Option(
            names = "--max-split-shards",
            paramLabel = "N",
            defaultValue = "16",
            description = "The most shards that automatic splits make of a tenant; 0 or 1 turns them off.")
    private int maxSplitShards;

    @Option(
            names = "--initial-split-threshold",
            paramLabel = "BYTES",
            description = "Logical size above which a tenant of one shard is split; off without it.")
    private @Nullable Long initialSplitThreshold;

    @Option(
            names = "--initial-split-shards",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many shards that first split makes; 0 or 1 turns it off.")
    private int initialSplitShards;

    @Option(
            names = "--automatic-split",
            paramLabel = "off|advise|on",
            defaultValue = "on",
            description =
                    "What becomes of tenants above a threshold: nothing, they are only shown at /control/v1/autosplit, or they"
                            + " are split.")
    private String mode;

    @Option(
            names = "--max-automatic-splits",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many automatic splits are under way at once.")
    private int maxAutomaticSplits;

    @Option(
            names = "--automatic-split-interval",
            paramLabel = "DURATION",
            defaultValue = "20s",
            converter = Humantime.class,
            description = "Time between two looks at the sizes of the largest tenants.")
    private Duration interval;

    SplitOptions options(FlagChecks checks) {
        if (splitThreshold != null) {
            checks.positive("--split-threshold", splitThreshold);
        }
        if (initialSplitThreshold != null) {
            checks.positive("--initial-split-threshold", initialSplitThreshold);
        }
        checks.require(isShards(maxSplitShards), "--max-split-shards must be at most " + SHARDS_MAX);
        checks.require(isShards(initialSplitShards), "--initial-split-shards must be at most " + SHARDS_MAX);
        checks.positive("--max-automatic-splits", maxAutomaticSplits);
        checks.positive("--automatic-split-interval", interval);
        return new SplitOptions(
                new AutomaticSplitSettings(
                        mode(checks),
                        splitThreshold,
                        maxSplitShards,
                        initialSplitThreshold,
                        initialSplitShards,
                        maxAutomaticSplits),
                interval);
    }

    private Mode mode(FlagChecks checks) {
        return switch (mode) {
            case "off" -> Mode.OFF;
            case "advise" -> Mode.ADVISE;
            case "on" -> Mode.ON;
            default -> throw checks.refusal("--automatic-split must be off, advise or on");
        };
    }

    private static boolean isShards(int shards) {
        return shards >= 0 && shards <= SHARDS_MAX;
    }
}
