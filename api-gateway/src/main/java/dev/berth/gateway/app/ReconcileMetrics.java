package dev.berth.gateway.app;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.FoldListener;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.wire.EventRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts reconciles by what the log says of them, whichever process does them (http-api 17.1). Work that is superseded before it has
 * ended counts as cancelled.
 */
final class ReconcileMetrics implements FoldListener {
    private final Counter spawned;
    private final Counter succeeded;
    private final Counter failed;
    private final Counter cancelled;

    ReconcileMetrics(MeterRegistry registry) {
        spawned = registry.counter("storage_controller_reconcile_spawn");
        succeeded = ended(registry, "ok");
        // Computes are told apart from reconciling here: there is no reconcile that fails by them.
        ended(registry, "ok_no_notify");
        failed = ended(registry, "error");
        cancelled = ended(registry, "cancel");
    }

    private static Counter ended(MeterRegistry registry, String status) {
        return registry.counter("storage_controller_reconcile_complete", "status", status);
    }

    @Override
    public void folding(EventRecord record, ControllerView before, OverlayState after) {
        Set<TenantShardId> idle = new HashSet<>(0);
        for (Event event : record.events()) {
            switch (event) {
                case WorkEnded end -> {
                    outcome(end).increment();
                    idle.add(end.shard());
                }
                case WorkIssued issued -> {
                    spawned.increment();
                    if (!idle.remove(issued.shard()) && hasWorkInFlight(before, issued.shard())) {
                        cancelled.increment();
                    }
                }
                default -> {}
            }
        }
    }

    private Counter outcome(WorkEnded end) {
        if (end.error() == null) {
            return succeeded;
        }
        return end.error().equals(WorkEnded.CANCELLED) ? cancelled : failed;
    }

    private static boolean hasWorkInFlight(ControllerView state, TenantShardId id) {
        Tenant tenant = state.tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        return shard != null && shard.hasWorkInFlight();
    }

    /** Happened before this process looked. */
    @Override
    public void contained(EventRecord record, ControllerView ahead) {}
}
