package dev.berth.schemas.command;

/** One entry of the command log. Time, ids and seeds come with its envelope, never from inside. */
public sealed interface Command
        permits CellCommand, NodeCommand, OperationCommand, OperationRequest, ShardCommand, TenantCommand {}
