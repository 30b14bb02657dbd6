package dev.berth.gateway.http.debug;

import dev.berth.gateway.command.Cell;
import dev.berth.scheduler.core.state.AutomaticSplits;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.model.SplitAttempt;
import dev.berth.schemas.model.SplitCandidate;
import dev.berth.schemas.model.SplitCandidate.Standing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Tenants that are too large for their shards, and what becomes of them (http-api 18.3), as the state says when it is asked. */
final class AutomaticSplitGauges {
    private final Cell cell;
    private final MultiGauge sizes;

    AutomaticSplitGauges(Cell cell, MeterRegistry registry) {
        this.cell = cell;
        for (Standing standing : Standing.values()) {
            Gauge.builder("controller_automatic_split_candidates", () -> candidates(standing))
                    .tag("standing", lower(standing))
                    .register(registry);
        }
        Gauge.builder("controller_automatic_splits_under_way", () -> splits().open())
                .register(registry);
        Gauge.builder("controller_automatic_splits_backing_off", () -> attempts(this::isBackingOff))
                .register(registry);
        sizes = MultiGauge.builder("controller_automatic_split_candidate_bytes").register(registry);
    }

    /** The candidates told of are few ({@code Limits.SPLIT_CANDIDATES}), so that each may have a series of its own. */
    void refresh() {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (SplitCandidate candidate : splits().candidates()) {
            Tags tags = Tags.of(
                    "tenant_id", candidate.tenant().toString(),
                    "target_shard_count", Integer.toString(candidate.target()),
                    "standing", lower(candidate.standing()));
            rows.add(MultiGauge.Row.of(tags, candidate.bytes()));
        }
        sizes.register(rows, true);
    }

    private AutomaticSplits splits() {
        ControllerView state = cell.stateIfReady();
        return state == null ? AutomaticSplits.NONE : state.automaticSplits();
    }

    private long candidates(Standing standing) {
        return splits().candidates().stream()
                .filter(candidate -> candidate.standing() == standing)
                .count();
    }

    private long attempts(Predicate<SplitAttempt> which) {
        return splits().attempts().stream().filter(which).count();
    }

    private boolean isBackingOff(SplitAttempt attempt) {
        ControllerView state = cell.stateIfReady();
        return state != null
                && attempt.operation() == null
                && attempt.notBeforeMs() > state.cell().nowMs();
    }

    private static String lower(Standing standing) {
        return standing.name().toLowerCase(Locale.ROOT);
    }
}
