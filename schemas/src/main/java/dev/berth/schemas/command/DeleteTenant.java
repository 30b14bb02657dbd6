package dev.berth.schemas.command;

import dev.berth.schemas.id.TenantId;

/** A tenant shall be gone, its remote data included: starts the operation that does it. */
public record DeleteTenant(TenantId tenant) implements TenantCommand {}
