package dev.berth.scheduler.core.decide;

import dev.berth.schemas.id.CommandId;

/**
 * What comes in with a command: its id, its position in the log, and state time, which never goes back.
 */
public record DecisionContext(CommandId commandId, long position, long nowMs) {}
