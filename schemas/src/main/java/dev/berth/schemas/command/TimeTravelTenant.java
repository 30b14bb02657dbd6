package dev.berth.schemas.command;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.TimeTravelOrder;

/** Brings the remote storage of a detached or unknown tenant back to what it was: starts the operation that does it. */
public record TimeTravelTenant(TenantId tenant, TimeTravelOrder order) implements TenantCommand {}
