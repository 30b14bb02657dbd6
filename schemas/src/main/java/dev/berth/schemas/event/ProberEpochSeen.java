package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;

/** A prober with a newer epoch has begun to report; older ones are ignored from here on. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ProberEpochSeen(long epoch) implements CellEvent {}
