package dev.berth.schemas.command;

/** Time has passed: timers that are due fire. Appended by the writer itself; decides nothing (P18). */
public record Tick() implements CellCommand {}
