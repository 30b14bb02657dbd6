package dev.berth.schemas.event;

import dev.berth.schemas.id.TenantId;

/** Facts about a tenant as a whole. */
public sealed interface TenantEvent extends Event
        permits MappingAcknowledged,
                MappingDeferred,
                MappingEmitted,
                TenantConfigChanged,
                TenantCreated,
                TenantDeletionStarted,
                TenantFrozen,
                TenantGenerationNamed,
                TenantHomeZoneChanged,
                TenantPolicyChanged,
                TenantRemoved,
                TenantSplitBegun,
                TenantSplitCommitted {
    TenantId tenant();
}
