package dev.berth.schemas.command;

/** Try again at once what waits for a retry, and answer how much is not as intended; 0 means quiet (P24). */
public record RequestQuiescence() implements CellCommand {}
