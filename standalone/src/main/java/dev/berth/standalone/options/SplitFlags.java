package dev.berth.standalone.options;

import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

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

    /** @param command whose flags they are */
    SplitOptions options(CommandSpec command) {
        check(command, splitThreshold == null || splitThreshold > 0, "--split-threshold must be above zero");
        check(
                command,
                initialSplitThreshold == null || initialSplitThreshold > 0,
                "--initial-split-threshold must be above zero");
        check(command, isShards(maxSplitShards), "--max-split-shards must be at most " + SHARDS_MAX);
        check(command, isShards(initialSplitShards), "--initial-split-shards must be at most " + SHARDS_MAX);
        check(command, maxAutomaticSplits > 0, "--max-automatic-splits must be above zero");
        check(command, interval.isPositive(), "--automatic-split-interval must be above zero");
        return new SplitOptions(
                new AutomaticSplitSettings(
                        mode(command),
                        splitThreshold,
                        maxSplitShards,
                        initialSplitThreshold,
                        initialSplitShards,
                        maxAutomaticSplits),
                interval);
    }

    private Mode mode(CommandSpec command) {
        return switch (mode) {
            case "off" -> Mode.OFF;
            case "advise" -> Mode.ADVISE;
            case "on" -> Mode.ON;
            default ->
                throw new ParameterException(command.commandLine(), "--automatic-split must be off, advise or on");
        };
    }

    private static boolean isShards(int shards) {
        return shards >= 0 && shards <= SHARDS_MAX;
    }

    private static void check(CommandSpec command, boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), message);
        }
    }
}
