package dev.berth.gateway.http.control;

import dev.berth.gateway.http.JsonOut;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OptimiserState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.ShardOptimisation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MoveAdvice;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.Transfer;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The optimiser as the API shows it. */
final class OptimiserDocument {
    /** Held shards that are listed; there may be more. */
    private static final int HELD_MAX = 1_000;

    private OptimiserDocument() {}

    static JsonOut of(ControllerView state) {
        OptimiserState optimiser = state.cell().optimiser();
        JsonOut out = new JsonOut(1_024);
        settings(out, optimiser.settings());
        out.raw(",\"misplaced\":").number(state.optimiser().misplaced().size());
        moving(out.raw(",\"moving\":["), state);
        out.raw("],\"advised\":[");
        boolean more = false;
        for (MoveAdvice advice : optimiser.advice()) {
            out.comma(more).raw("{\"shard\":").shard(advice.shard());
            move(out, advice.move()).raw("}");
            more = true;
        }
        held(out.raw("],\"held\":["), state);
        return out.raw("]}");
    }

    private static void settings(JsonOut out, OptimiserSettings settings) {
        out.raw("{\"mode\":")
                .text(word(settings.mode()))
                .raw(",\"load\":")
                .text(word(settings.load()))
                .raw(",\"moves_max\":")
                .number(settings.movesMax())
                .raw(",\"moves_per_node_max\":")
                .number(settings.movesPerNodeMax())
                .raw(",\"moves_per_zone_max\":")
                .number(settings.movesPerZoneMax())
                .raw(",\"moves_per_tenant_max\":")
                .number(settings.movesPerTenantMax())
                .raw(",\"moves_per_hour_max\":")
                .number(settings.movesPerHourMax());
    }

    private static void moving(JsonOut out, ControllerView state) {
        boolean more = false;
        for (TenantShardId id : state.optimiser().moving()) {
            Shard shard = shard(state, id);
            Transfer move = shard == null ? null : shard.transfer();
            if (shard == null || move == null) {
                continue;
            }
            boolean isMade = move.role() == Transfer.Role.ATTACHED
                    ? move.to().equals(shard.attached())
                    : !shard.secondaries().contains(move.from());
            out.comma(more).raw("{\"shard\":").shard(id);
            move(out, move)
                    .raw(",\"since\":")
                    .text(time(ShardOptimisation.of(shard).sinceMs()))
                    .raw(",\"waiting\":")
                    .text(isMade ? "the former location is being given up" : "the copy is being made and warmed")
                    .raw("}");
            more = true;
        }
    }

    private static void held(JsonOut out, ControllerView state) {
        int listed = 0;
        for (TenantShardId id : state.optimiser().held()) {
            Shard shard = shard(state, id);
            if (shard == null || listed == HELD_MAX) {
                continue;
            }
            ShardOptimisation optimisation = ShardOptimisation.of(shard);
            out.comma(listed > 0)
                    .raw("{\"shard\":")
                    .shard(id)
                    .raw(",\"until\":")
                    .text(time(optimisation.heldUntilMs()))
                    .raw(",\"reason\":")
                    .text(optimisation.heldFor())
                    .raw("}");
            listed++;
        }
    }

    private static JsonOut move(JsonOut out, Transfer move) {
        return out.raw(",\"role\":")
                .text(word(move.role()))
                .raw(",\"from\":")
                .node(move.from())
                .raw(",\"to\":")
                .node(move.to())
                .raw(",\"reason\":")
                .text(word(move.reason()));
    }

    private static String time(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Shard shard(ControllerView state, TenantShardId id) {
        Tenant tenant = state.tenant(id.tenant());
        return tenant == null ? null : tenant.shard(id);
    }
}
