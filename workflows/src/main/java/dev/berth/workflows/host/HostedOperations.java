package dev.berth.workflows.host;

import dev.berth.workflows.port.CellState;
import dev.berth.workflows.port.GenerationLedger;
import dev.berth.workflows.port.OpenOperations;
import dev.berth.workflows.port.OperationCommands;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.SplitLedger;
import dev.berth.workflows.port.WaitingTime;

/** The outside of the workflows. */
public record HostedOperations(
        OpenOperations open,
        OperationCommands commands,
        PageserverCalls pageservers,
        GenerationLedger ledger,
        CellState state,
        SplitLedger splits,
        WaitingTime time) {}
