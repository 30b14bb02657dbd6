package dev.berth.scheduler.query;

import dev.berth.schemas.id.CommandId;
import org.jspecify.annotations.Nullable;

/** Why a command has no outcome to show. */
public abstract sealed class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient CommandId command;

    private CommandFailure(CommandId command, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.command = command;
    }

    /** The id to ask again with. */
    public CommandId command() {
        return command;
    }

    /** The log could not be reached and nothing was appended: certainly not done. */
    public static final class NotDone extends CommandFailure {
        private static final long serialVersionUID = 1L;

        NotDone(CommandId command, Throwable cause) {
            super(command, "not done: " + cause.getMessage(), cause);
        }
    }

    /** Decided after its deadline: certainly not done (P13). */
    public static final class Expired extends CommandFailure {
        private static final long serialVersionUID = 1L;

        Expired(CommandId command, String detail) {
            super(command, "not done: " + detail, null);
        }
    }

    /** It may have been appended, or was and is not decided yet. Repeating it under the same id gives its outcome and does nothing twice. */
    public static final class OutcomeUnknown extends CommandFailure {
        private static final long serialVersionUID = 1L;

        OutcomeUnknown(CommandId command, String why, @Nullable Throwable cause) {
            super(
                    command,
                    "outcome of command " + command + " is unknown (" + why
                            + "); repeat the request with the same id to learn it",
                    cause);
        }
    }
}
