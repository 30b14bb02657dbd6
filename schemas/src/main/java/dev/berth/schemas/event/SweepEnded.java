package dev.berth.schemas.event;

/** The last slice of a walk is done. */
public record SweepEnded(String sweep) implements CellEvent {}
