package dev.berth.gateway.http.control;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.AutomaticSplits;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.SplitAttempt;
import dev.berth.schemas.model.SplitCandidate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Which tenants are too large for their shards, what is done about it, and why not. Sizes are logical, in bytes. */
public final class AutomaticSplitController {
    private static final int ENTRY_BYTES = 384;

    private final Cell cell;

    public AutomaticSplitController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(Route.get("/control/v1/autosplit", "control_v1_autosplit", this::describe));
    }

    private Answer describe(Call call) {
        AutomaticSplits splits = cell.state().automaticSplits();
        int entries = 1 + splits.candidates().size() + splits.attempts().size();
        JsonOut out = new JsonOut(ENTRY_BYTES * entries).raw("{");
        settings(out, splits.settings());
        out.raw(",\"considered_at\":");
        time(out, splits.consideredAtMs());
        out.raw(",\"candidates\":[");
        boolean more = false;
        for (SplitCandidate candidate : splits.candidates()) {
            candidate(out.comma(more), candidate);
            more = true;
        }
        out.raw("],\"attempts\":[");
        more = false;
        for (SplitAttempt attempt : splits.attempts()) {
            attempt(out.comma(more), attempt);
            more = true;
        }
        return Answer.json(out.raw("]}"));
    }

    private static void settings(JsonOut out, AutomaticSplitSettings settings) {
        out.raw("\"mode\":").text(lower(settings.mode()));
        out.raw(",\"split_threshold\":").number(settings.splitThreshold());
        out.raw(",\"max_split_shards\":").number(settings.maxSplitShards());
        out.raw(",\"initial_split_threshold\":").number(settings.initialSplitThreshold());
        out.raw(",\"initial_split_shards\":").number(settings.initialSplitShards());
        out.raw(",\"max_automatic_splits\":").number(settings.atOnce());
    }

    private static void candidate(JsonOut out, SplitCandidate candidate) {
        out.raw("{\"tenant_id\":").tenant(candidate.tenant());
        out.raw(",\"shard_count\":").number(candidate.count().value());
        out.raw(",\"max_logical_size\":").number(candidate.bytes());
        out.raw(",\"target_shard_count\":").number(candidate.target());
        out.raw(",\"reason\":").text(candidate.reason());
        out.raw(",\"standing\":").text(lower(candidate.standing()));
        out.raw(",\"obstacle\":").text(candidate.obstacle()).raw("}");
    }

    private static void attempt(JsonOut out, SplitAttempt attempt) {
        out.raw("{\"tenant_id\":").tenant(attempt.tenant());
        out.raw(",\"operation_id\":")
                .text(attempt.operation() == null ? null : attempt.operation().toString());
        out.raw(",\"target_shard_count\":").number(attempt.target());
        out.raw(",\"failures\":").number(attempt.failures());
        out.raw(",\"not_before\":");
        time(out, attempt.notBeforeMs());
        out.raw(",\"error\":").text(attempt.error()).raw("}");
    }

    private static void time(JsonOut out, long atMs) {
        out.text(atMs == 0 ? null : Instant.ofEpochMilli(atMs).toString());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
