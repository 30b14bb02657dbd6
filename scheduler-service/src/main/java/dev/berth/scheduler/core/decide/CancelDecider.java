package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CancelReconcile;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.List;

/** Ends work in flight because somebody asks for it (http-api 7.6). */
final class CancelDecider {
    private CancelDecider() {}

    /**
     * Its worker learns with the next renewal that the lease is lost. Requests it has sent may take effect until the lease would have ended, so
     * what they touch stays in doubt until then (P3), and nothing is tried again before.
     */
    static Decision decide(Draft draft, CancelReconcile cancel, Tenant tenant) {
        Shard shard = tenant.shard(cancel.shard());
        if (shard == null) {
            return Draft.rejected(RejectionReason.SHARD_NOT_FOUND, "Tenant shard not found");
        }
        if (!shard.hasWorkInFlight()) {
            return draft.done();
        }
        long leaseUntilMs = shard.leaseUntilMs();
        List<ObservedLocation> doubted = shard.observed().stream()
                .filter(location -> !location.isKnown())
                .map(location ->
                        ObservedLocation.unknown(location.node(), Math.max(location.settlesAtMs(), leaseUntilMs)))
                .toList();
        if (!doubted.isEmpty()) {
            draft.add(new LocationsObserved(cancel.shard(), doubted, List.of(), null));
        }
        int attempts = shard.attempts() + 1;
        long retryAtMs = Math.max(leaseUntilMs, draft.now() + Limits.retryPauseMs(attempts));
        draft.add(new WorkEnded(cancel.shard(), shard.sequence(), WorkEnded.CANCELLED, retryAtMs, attempts));
        return draft.accepted(new Reply.WorkCancelled(shard.sequence()));
    }
}
