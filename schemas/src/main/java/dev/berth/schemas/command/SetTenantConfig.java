package dev.berth.schemas.command;

import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.TenantId;

/** Replaces the whole configuration of a tenant. */
public record SetTenantConfig(TenantId tenant, TenantConfig config) implements TenantCommand {}
