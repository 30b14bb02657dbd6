package dev.berth.gateway.http;

import dev.berth.gateway.command.Cell;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a tenant is shown: one that is detached and has nothing left anywhere is kept, but answered as if it were unknown by reads
 * (quirk 21).
 */
public final class TenantPresence {
    private TenantPresence() {}

    public static boolean isShown(Tenant tenant) {
        if (tenant.policy().kind() != PlacementPolicy.Kind.DETACHED || tenant.isDeleting()) {
            return true;
        }
        return tenant.shards().stream().anyMatch(shard -> !shard.observed().isEmpty() || shard.hasWorkInFlight());
    }

    public static @Nullable Tenant shown(ControllerView state, TenantId id) {
        Tenant tenant = state.tenant(id);
        return tenant != null && isShown(tenant) ? tenant : null;
    }

    /** Catches up before it says that there is none. */
    public static Optional<Tenant> find(Cell cell, TenantId id) {
        return cell.find(state -> Optional.ofNullable(shown(state, id)));
    }
}
