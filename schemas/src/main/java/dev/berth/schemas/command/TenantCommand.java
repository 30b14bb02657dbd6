package dev.berth.schemas.command;

import dev.berth.schemas.id.TenantId;

/** Commands about a tenant or one of its shards that somebody asks for. */
public sealed interface TenantCommand extends Command
        permits CancelReconcile,
                CreateTenant,
                DeleteTenant,
                DropTenant,
                MigrateShard,
                PatchTenantConfig,
                SetSecondary,
                SetTenantConfig,
                SetTenantLocation,
                SetTenantPolicy,
                SplitAutomatically,
                SplitTenant,
                TimeTravelTenant {
    TenantId tenant();
}
