package dev.berth.scheduler.query;

import dev.berth.schemas.reply.Outcome;

/** What a command came to, and its position; the view has folded it. */
public record Submitted(long position, Outcome outcome) {}
