package dev.berth.scheduler.projection;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Some rows of the read model as they were at one moment.
 *
 * @param appliedPosition up to which the read model was brought then
 * @param tenants in order
 * @param locations of those tenants, and of others in the stretch that have no row
 */
public record ProjectedSlice(
        long appliedPosition, NavigableMap<TenantId, TenantProjection> tenants, Map<LocationKey, Role> locations) {

    /** Scheduling policies of nodes. */
    public record Nodes(long appliedPosition, Map<NodeId, String> policies) {}

    /** Reads rows; calls block and may fail with any unchecked exception. */
    public interface Source {
        /** The next tenants after one, or from the first on when it is null; at most {@code limit}. */
        ProjectedSlice tenantsAfter(@org.jspecify.annotations.Nullable TenantId after, int limit);

        /** One tenant. */
        ProjectedSlice tenant(TenantId id);

        Nodes nodes();
    }
}
