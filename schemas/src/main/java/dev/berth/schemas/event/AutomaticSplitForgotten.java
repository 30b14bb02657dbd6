package dev.berth.schemas.event;

import dev.berth.schemas.id.TenantId;

/** The tenant was split, or there is nothing left of its failures to remember. */
public record AutomaticSplitForgotten(TenantId tenant) implements AutomaticSplitEvent {}
