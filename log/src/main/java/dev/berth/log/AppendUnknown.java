package dev.berth.log;

import dev.berth.schemas.id.CommandId;

/**
 * No acknowledgement came for an append that may have arrived: the outcome is unknown (P13). Asking again under the same command id
 * is safe.
 */
public final class AppendUnknown extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient CommandId command;

    public AppendUnknown(CommandId command, Throwable cause) {
        super("outcome of command " + command + " is unknown: " + cause.getMessage(), cause);
        this.command = command;
    }

    public CommandId command() {
        return command;
    }
}
