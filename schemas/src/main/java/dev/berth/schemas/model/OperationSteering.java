package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What was last asked of an operation's run.
 *
 * @param number position of the command that asked; a run takes each in once, and the newest only
 * @param reason given by whoever asked
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record OperationSteering(
        long number, Action action, @Nullable String reason) {
    public enum Action {
        PAUSE,
        RESUME,
        ABORT
    }
}
