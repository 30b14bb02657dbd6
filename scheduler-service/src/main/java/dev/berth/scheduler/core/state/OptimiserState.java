package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.event.OptimiserPassed;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveAdvice;
import dev.berth.schemas.model.OptimiserSettings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The optimiser of a cell.
 *
 * @param nextPassAtMs state time at which it looks again; 0 when it does not until something changes
 * @param cursor last shard looked at in the round that goes on; null between rounds
 * @param loadCursor likewise among the shards of nodes that hold too much
 * @param looking fingerprint of what this round looks at, while it has found nothing to do; 0 when it has, and between rounds
 * @param settled fingerprint of what the last round has looked at and left as it is; until something else is there, there is nothing to do
 * @param loadLooking like {@code looking}, of the load of all nodes
 * @param even like {@code settled}, of the load of all nodes
 * @param advice moves that would be made, were the optimiser on
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OptimiserState(
        OptimiserSettings settings,
        long nextPassAtMs,
        @Nullable TenantShardId cursor,
        @Nullable TenantShardId loadCursor,
        long looking,
        long settled,
        long loadLooking,
        long even,
        List<MoveAdvice> advice) {
    /** Moves advised that are kept. */
    public static final int ADVICE_MAX = 32;

    public static final OptimiserState NONE =
            new OptimiserState(OptimiserSettings.DEFAULT, 0, null, null, 0, 0, 0, 0, List.of());

    public OptimiserState {
        settings = settings == null ? OptimiserSettings.DEFAULT : settings;
        advice = advice == null ? List.of() : List.copyOf(advice);
    }

    /** What was advised under other settings says nothing any more. */
    public OptimiserState withSettings(OptimiserSettings newSettings) {
        return new OptimiserState(newSettings, 0, null, null, 0, 0, 0, 0, List.of());
    }

    public OptimiserState passed(OptimiserPassed pass) {
        return new OptimiserState(
                settings,
                pass.nextAtMs(),
                pass.cursor(),
                pass.loadCursor(),
                pass.looking(),
                pass.settled(),
                pass.loadLooking(),
                pass.even(),
                pass.advice());
    }
}
