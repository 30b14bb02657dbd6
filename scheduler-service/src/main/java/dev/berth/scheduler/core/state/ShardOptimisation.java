package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.Transfer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the optimiser has done with a shard. Times are state time.
 *
 * @param transfer the location that it is moving; null when it moves none
 * @param sinceMs when that began
 * @param movedAtMs when moves of the shard ended well, oldest first
 * @param heldUntilMs until when the shard is left where it is; 0 when it is not held
 * @param heldFor why it is
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardOptimisation(
        @Nullable Transfer transfer,
        long sinceMs,
        List<Long> movedAtMs,
        long heldUntilMs,
        @Nullable String heldFor) {
    /** Moves are counted within so long. */
    public static final long WINDOW_MS = 3_600_000;

    private static final ShardOptimisation NONE = new ShardOptimisation(null, 0, List.of(), 0, null);

    public ShardOptimisation {
        movedAtMs = movedAtMs == null ? List.of() : List.copyOf(movedAtMs);
    }

    /** Of a shard; what nothing was done with counts as well. */
    public static ShardOptimisation of(Shard shard) {
        return shard.optimisation() == null ? NONE : shard.optimisation();
    }

    /** How many moves ended within the last hour. */
    public int movesWithinAnHour(long nowMs) {
        return (int) movedAtMs.stream().filter(at -> at > nowMs - WINDOW_MS).count();
    }

    /** When the oldest of the newest {@code count} moves is more than an hour ago. */
    public long forgottenAtMs(int count) {
        return movedAtMs.get(movedAtMs.size() - count) + WINDOW_MS;
    }

    public ShardOptimisation begun(Transfer move, long atMs) {
        return new ShardOptimisation(move, atMs, movedAtMs, heldUntilMs, heldFor);
    }

    /** What is older than an hour is forgotten. */
    public ShardOptimisation ended(boolean moved, long atMs) {
        List<Long> times = new ArrayList<>(movedAtMs);
        times.removeIf(at -> at <= atMs - WINDOW_MS);
        if (moved) {
            times.add(atMs);
        }
        int surplus = Math.max(0, times.size() - OptimiserSettings.MOVES_PER_HOUR_MAX);
        return new ShardOptimisation(null, 0, times.subList(surplus, times.size()), heldUntilMs, heldFor);
    }

    public ShardOptimisation held(long untilMs, @Nullable String reason) {
        return new ShardOptimisation(transfer, sinceMs, movedAtMs, reason == null ? 0 : untilMs, reason);
    }

    /** Null when it says nothing. */
    public @Nullable ShardOptimisation orNull() {
        return equals(NONE) ? null : this;
    }
}
