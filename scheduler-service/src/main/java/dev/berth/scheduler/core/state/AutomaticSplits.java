package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.SplitAttempt;
import dev.berth.schemas.model.SplitCandidate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits that nobody asked for (behaviour 8.4): what was found last, what goes on, and what has failed.
 *
 * @param settings by which it was looked last
 * @param candidates found then
 * @param consideredAtMs state time of that; 0 for never
 * @param attempts going on or failed, at most one of a tenant
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record AutomaticSplits(
        AutomaticSplitSettings settings,
        List<SplitCandidate> candidates,
        long consideredAtMs,
        List<SplitAttempt> attempts) {
    public static final AutomaticSplits NONE = new AutomaticSplits(AutomaticSplitSettings.OFF, List.of(), 0, List.of());

    public AutomaticSplits {
        settings = settings == null ? AutomaticSplitSettings.OFF : settings;
        candidates = candidates == null ? List.of() : List.copyOf(candidates);
        attempts = attempts == null ? List.of() : List.copyOf(attempts);
    }

    /** What is known of a tenant's split; null when nothing is. */
    public @Nullable SplitAttempt attemptOf(TenantId tenant) {
        return attempts.stream()
                .filter(attempt -> attempt.tenant().equals(tenant))
                .findFirst()
                .orElse(null);
    }

    /** The one that an operation does; null when the operation was asked for. */
    public @Nullable SplitAttempt attemptBy(OperationId operation) {
        return attempts.stream()
                .filter(attempt -> operation.equals(attempt.operation()))
                .findFirst()
                .orElse(null);
    }

    /** How many go on. */
    @JsonIgnore
    public int open() {
        return (int)
                attempts.stream().filter(attempt -> attempt.operation() != null).count();
    }

    public AutomaticSplits considered(AutomaticSplitSettings by, List<SplitCandidate> found, long atMs) {
        return new AutomaticSplits(by, found, atMs, attempts);
    }

    public AutomaticSplits with(SplitAttempt attempt) {
        List<SplitAttempt> changed = new ArrayList<>(without(attempt.tenant()).attempts);
        changed.add(attempt);
        return new AutomaticSplits(settings, candidates, consideredAtMs, changed);
    }

    public AutomaticSplits without(TenantId tenant) {
        List<SplitAttempt> left = attempts.stream()
                .filter(attempt -> !attempt.tenant().equals(tenant))
                .toList();
        return new AutomaticSplits(settings, candidates, consideredAtMs, left);
    }
}
