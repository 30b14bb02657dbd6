package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.model.OptimiserMode;
import org.jspecify.annotations.Nullable;

/** Other settings of the optimiser; those that are null stay as they are. See {@link dev.berth.schemas.model.OptimiserSettings}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfigureOptimiser(
        @Nullable OptimiserMode mode,
        @Nullable OptimiserMode load,
        @Nullable Integer movesMax,
        @Nullable Integer movesPerNodeMax,
        @Nullable Integer movesPerZoneMax,
        @Nullable Integer movesPerTenantMax,
        @Nullable Integer movesPerHourMax)
        implements CellCommand {}
