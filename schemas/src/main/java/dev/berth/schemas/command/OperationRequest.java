package dev.berth.schemas.command;

/** Commands that start a long operation, and for which there may be a plan. */
public sealed interface OperationRequest extends Command
        permits DeleteNode, DrainNode, FillNode, MigrateShard, SplitTenant {}
