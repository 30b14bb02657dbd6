package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;

/** How the workflow of a long operation, and who steers it, talk to the state machine. */
public sealed interface OperationCommand extends Command
        permits AbortOperation,
                AdvanceOperation,
                BeginOperation,
                CommitSplit,
                CompleteOperation,
                FreezeSplit,
                MoveShards,
                SteerOperation {
    OperationId operation();
}
