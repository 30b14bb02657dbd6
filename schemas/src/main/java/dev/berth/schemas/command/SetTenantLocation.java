package dev.berth.schemas.command;

import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/** How a control plane says where a tenant stands: brings it here, or changes its policy, and replaces its configuration (http-api 9.4).
 *
 * @param generation that a tenant without one counts up from */
public record SetTenantLocation(
        TenantId tenant, LocationMode mode, @Nullable Generation generation, TenantConfig config)
        implements TenantCommand {}
