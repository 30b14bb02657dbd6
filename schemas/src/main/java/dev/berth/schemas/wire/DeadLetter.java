package dev.berth.schemas.wire;

/** A command that could not be understood or applied: where it stands, why, and its bytes as text. */
public record DeadLetter(long position, String reason, String payload) {}
