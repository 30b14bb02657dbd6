package dev.berth.schemas.command;

/** How the workflow of a long operation, and who steers it, talk to the state machine. */
public sealed interface OperationCommand extends Command
        permits AbortOperation,
                AdvanceOperation,
                BeginOperation,
                CommitSplit,
                CompleteOperation,
                FreezeSplit,
                MoveShards,
                PlanOperation,
                SteerOperation {}
