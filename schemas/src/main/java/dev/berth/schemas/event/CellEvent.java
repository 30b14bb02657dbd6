package dev.berth.schemas.event;

/** Facts about the cell. */
public sealed interface CellEvent extends Event
        permits CellCreated, OptimiserConfigured, OptimiserPassed, ProberEpochSeen, SweepBegun, SweepEnded {}
