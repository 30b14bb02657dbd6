package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.AutomaticSplits;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.command.SplitAutomatically;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.event.AutomaticSplitAttempted;
import dev.berth.schemas.event.AutomaticSplitForgotten;
import dev.berth.schemas.event.AutomaticSplitsConsidered;
import dev.berth.schemas.event.ProberEpochSeen;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.SplitAttempt;
import dev.berth.schemas.model.SplitCandidate;
import dev.berth.schemas.model.SplitCandidate.Standing;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Splits that nobody asked for (http-api 18.3, behaviour 8.4): of what pageservers have named as their largest shards, never of all.
 *
 * <p>A split is ordered by a command of its own, since an operation is named by the position of its command; it is then an ordinary split.
 * One that fails leaves a pause for its tenant, which doubles with each failure in a row, and its place to others.
 */
final class AutomaticSplitDecider {
    /** What a tenant of one shard is given; a sharded one keeps what it has. */
    private static final int STRIPE_SIZE = 2048;

    private record Large(Tenant tenant, long bytes, SplitTarget target) {
        /** First splits before others, each the largest first. */
        static final Comparator<Large> FIRST = Comparator.comparing((Large large) -> !large.target.isFirst())
                .thenComparing(Comparator.comparingLong(Large::bytesPerShard).reversed())
                .thenComparing(large -> large.tenant.id());

        long bytesPerShard() {
            return bytes / tenant.count().effective();
        }
    }

    private AutomaticSplitDecider() {}

    static Decision report(Draft draft, ReportShardSizes report) {
        long known = draft.view().cell().proberEpoch();
        if (report.proberEpoch() < known) {
            return Draft.rejected(
                    RejectionReason.STALE, "prober epoch " + report.proberEpoch() + " is older than " + known);
        }
        if (report.shards().size() > ReportShardSizes.SHARDS_MAX) {
            return Draft.rejected(RejectionReason.INVALID, report.shards().size() + " shards in one report");
        }
        if (report.proberEpoch() > known) {
            draft.add(new ProberEpochSeen(report.proberEpoch()));
        }
        forget(draft);
        List<SplitCandidate> found = consider(draft, report);
        AutomaticSplits before = draft.view().automaticSplits();
        boolean isNews = !found.isEmpty()
                || !before.candidates().isEmpty()
                || !before.settings().equals(report.settings());
        if (isNews) {
            draft.add(new AutomaticSplitsConsidered(report.settings(), found, draft.now()));
        }
        return draft.done();
    }

    /** Of tenants that are gone, and of failures long ago, there is nothing to remember. */
    private static void forget(Draft draft) {
        for (SplitAttempt attempt : draft.view().automaticSplits().attempts()) {
            boolean isOld = attempt.notBeforeMs() + Limits.SPLIT_FAILURES_REMEMBERED_MS < draft.now();
            boolean isGone = draft.view().tenant(attempt.tenant()) == null;
            if (attempt.operation() == null && (isOld || isGone)) {
                draft.add(new AutomaticSplitForgotten(attempt.tenant()));
            }
        }
    }

    private static List<SplitCandidate> consider(Draft draft, ReportShardSizes report) {
        AutomaticSplitSettings settings = report.settings();
        int room = settings.atOnce() - draft.view().automaticSplits().open();
        List<SplitCandidate> found = new ArrayList<>();
        for (Large large : large(draft, report)) {
            SplitCandidate candidate = candidate(draft, large, settings, room);
            if (candidate.standing() == Standing.ORDERED) {
                room--;
                draft.follow(new SplitAutomatically(
                        candidate.tenant(), candidate.count(), new ShardCount(candidate.target())));
            }
            found.add(candidate);
        }
        found.sort(Comparator.comparing(SplitCandidate::standing));
        return found.subList(0, Math.min(found.size(), Limits.SPLIT_CANDIDATES));
    }

    /** Those that are too large for the shards they have now. What was said before a split is about shards that are no more. */
    private static List<Large> large(Draft draft, ReportShardSizes report) {
        Map<TenantId, Long> sizes = new TreeMap<>();
        for (ShardSize size : report.shards()) {
            Tenant tenant = draft.view().tenant(size.shard().tenant());
            if (tenant != null && size.shard().number() == 0 && tenant.shard(size.shard()) != null) {
                sizes.merge(tenant.id(), size.bytes(), Math::max);
            }
        }
        List<Large> large = new ArrayList<>();
        sizes.forEach((id, bytes) -> {
            Tenant tenant = draft.tenant(id);
            SplitTarget target = SplitTarget.of(tenant.count().effective(), bytes, report.settings());
            if (target != null) {
                large.add(new Large(tenant, bytes, target));
            }
        });
        large.sort(Large.FIRST);
        return large;
    }

    private static SplitCandidate candidate(Draft draft, Large large, AutomaticSplitSettings settings, int room) {
        Tenant tenant = large.tenant;
        SplitAttempt attempt = draft.view().automaticSplits().attemptOf(tenant.id());
        if (tenant.splitting() != null) {
            return stands(large, Standing.SPLITTING, "operation " + tenant.splitting() + " splits it");
        }
        if (tenant.scheduling() != ShardSchedulingPolicy.ACTIVE) {
            return stands(large, Standing.REFUSED, "its scheduling policy is " + tenant.scheduling());
        }
        String refusal = refusal(draft.trial(), order(tenant, large.target.shards()));
        if (refusal != null) {
            return stands(large, Standing.REFUSED, refusal);
        }
        if (attempt != null && attempt.operation() == null && attempt.notBeforeMs() > draft.now()) {
            return stands(
                    large,
                    Standing.BACKING_OFF,
                    "its split has failed " + attempt.failures() + " times in a row: " + attempt.error());
        }
        if (settings.mode() == Mode.ADVISE) {
            return stands(large, Standing.ADVISED, null);
        }
        return room > 0
                ? stands(large, Standing.ORDERED, null)
                : stands(large, Standing.QUEUED, "at most " + settings.atOnce() + " are split at once");
    }

    private static SplitCandidate stands(Large large, Standing standing, @Nullable String obstacle) {
        return new SplitCandidate(
                large.tenant.id(),
                large.tenant.count(),
                large.bytes,
                large.target.shards(),
                large.target.reason(),
                standing,
                obstacle);
    }

    /** Why the order would be refused now, null when it would be taken. */
    private static @Nullable String refusal(Draft trial, SplitTenant order) {
        return switch (TenantDecider.decide(trial, order)) {
            case Decision.Rejected rejected -> rejected.rejection().detail();
            case Decision.Accepted accepted -> null;
        };
    }

    private static SplitTenant order(Tenant tenant, int shards) {
        return new SplitTenant(
                tenant.id(), new ShardCount(shards), tenant.count().isSharded() ? null : STRIPE_SIZE);
    }

    /** What was decided by the report is decided again, since others may have changed the tenant in between. */
    static Decision begin(Draft draft, SplitAutomatically command, Tenant tenant) {
        AutomaticSplits splits = draft.view().automaticSplits();
        SplitAttempt before = splits.attemptOf(tenant.id());
        boolean isWanted = splits.settings().mode() == Mode.ON
                && tenant.count().equals(command.from())
                && tenant.scheduling() == ShardSchedulingPolicy.ACTIVE
                && (before == null || before.notBeforeMs() <= draft.now());
        if (!isWanted) {
            return Draft.rejected(RejectionReason.STALE, "the split of " + tenant.id() + " is not wanted any more");
        }
        if (splits.open() >= splits.settings().atOnce()) {
            return Draft.rejected(RejectionReason.OPERATION_IN_PROGRESS, splits.open() + " automatic splits are open");
        }
        Decision decision =
                SplitDecider.decide(draft, order(tenant, command.to().value()), tenant);
        if (decision instanceof Decision.Accepted accepted
                && accepted.reply() instanceof Reply.SplitStarted(var operation, var from)) {
            int failures = before == null ? 0 : before.failures();
            String error = before == null ? null : before.error();
            draft.add(new AutomaticSplitAttempted(
                    new SplitAttempt(tenant.id(), operation, command.to().value(), failures, 0, error)));
            return draft.accepted(accepted.reply());
        }
        return decision;
    }

    /** An operation has ended; a null reason: as it should. */
    static void ended(Draft draft, Operation operation, @Nullable String reason) {
        SplitAttempt attempt = draft.view().automaticSplits().attemptBy(operation.id());
        if (attempt == null) {
            return;
        }
        if (reason == null) {
            draft.add(new AutomaticSplitForgotten(attempt.tenant()));
            return;
        }
        int failures = attempt.failures() + 1;
        long next = draft.now() + Limits.splitPauseMs(failures);
        draft.add(new AutomaticSplitAttempted(
                new SplitAttempt(attempt.tenant(), null, attempt.target(), failures, next, reason)));
    }
}
