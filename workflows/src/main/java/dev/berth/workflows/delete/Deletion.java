package dev.berth.workflows.delete;

import dev.berth.schemas.id.TenantId;
import dev.berth.workflows.common.OperationRun;

/** What every step of a deletion refers to. */
public record Deletion(OperationRun run, TenantId tenant, long incarnation) {}
