package dev.berth.schemas.event;

/** A walk over many shards goes on in further slices. */
public record SweepBegun(String sweep) implements CellEvent {}
