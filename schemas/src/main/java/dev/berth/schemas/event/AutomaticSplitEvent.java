package dev.berth.schemas.event;

/** Facts about splits that nobody asked for. */
public sealed interface AutomaticSplitEvent extends Event
        permits AutomaticSplitsConsidered, AutomaticSplitAttempted, AutomaticSplitForgotten {}
