package dev.berth.schemas.command;

/** The next slice of a wide decision, appended in the transaction of the slice before it (P15). */
public record Continue(Sweep sweep) implements CellCommand {}
