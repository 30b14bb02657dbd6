package dev.berth.schemas.command;

import dev.berth.schemas.id.TenantId;

/**
 * Forgets a tenant whose ledger rows are gone, and touches no pageserver (http-api 10.4).
 *
 * @param incarnation whose rows those were: a tenant of the same id that was created since is another one
 */
public record DropTenant(TenantId tenant, long incarnation) implements TenantCommand {}
