package dev.berth.standalone.options;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Checks what the type of a flag's value does not say; a value that is wrong ends the call in one line.
 *
 * @param command whose flags they are
 */
record FlagChecks(CommandSpec command) {
    void positive(String flag, Duration value) {
        require(value.isPositive(), flag + " must be above zero");
    }

    void positive(String flag, long value) {
        require(value > 0, flag + " must be above zero");
    }

    void require(boolean holds, String message) {
        if (!holds) {
            throw refusal(message);
        }
    }

    ParameterException refusal(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
