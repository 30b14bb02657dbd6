package dev.berth.schemas.event;

import dev.berth.schemas.model.SplitAttempt;

/** The split of a tenant has begun or failed; takes the place of what was known of that tenant. */
public record AutomaticSplitAttempted(SplitAttempt attempt) implements AutomaticSplitEvent {}
