package dev.berth.workflows.port;

import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.reply.Outcome;

/** The way of a run to the state machine. */
public interface OperationCommands {
    /**
     * Appends the command and waits a few seconds for its outcome; when this returns, {@link CellState} shows it.
     *
     * @throws RuntimeException when the outcome is not known; asking again is harmless
     */
    Outcome decide(OperationCommand command) throws InterruptedException;
}
