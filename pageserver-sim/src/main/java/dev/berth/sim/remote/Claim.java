package dev.berth.sim.remote;

/** The first attachment of a shard in a generation. */
public record Claim(long generation, long node, String attachment, long atMillis) {}
