package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;

/** The run of a split wants all shards of its tenant to itself. Repeated, it gets them under new sequences. */
public record FreezeSplit(OperationId operation, String run) implements OperationCommand {}
