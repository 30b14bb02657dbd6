package dev.berth.workflows.split;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.workflows.common.OperationRun;

/** What every step of a split refers to. */
public record SplitWork(OperationRun run, TenantId tenant, long incarnation, SplitOrder order) {}
