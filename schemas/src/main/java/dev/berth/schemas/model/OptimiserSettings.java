package dev.berth.schemas.model;

/**
 * How the optimiser works.
 *
 * @param mode for all of it
 * @param load for moves that even out load, at most as much as {@code mode}
 * @param movesMax shards on their way at once
 * @param movesPerNodeMax of those, to or from one node
 * @param movesPerZoneMax of those, to or from one availability zone
 * @param movesPerTenantMax of those, of one tenant
 * @param movesPerHourMax moves of one shard within an hour; a shard that had as many is held
 */
public record OptimiserSettings(
        OptimiserMode mode,
        OptimiserMode load,
        int movesMax,
        int movesPerNodeMax,
        int movesPerZoneMax,
        int movesPerTenantMax,
        int movesPerHourMax) {
    /** The most that may be on their way at once: a pass begins them in one command. */
    public static final int MOVES_MAX = 256;

    /** The most moves an hour that can be told apart from flapping. */
    public static final int MOVES_PER_HOUR_MAX = 60;

    /** Zones and affinity are put right, as the original does; load is left to whoever asks for it. */
    public static final OptimiserSettings DEFAULT =
            new OptimiserSettings(OptimiserMode.ON, OptimiserMode.ADVISE, 128, 64, 128, 8, 3);
}
