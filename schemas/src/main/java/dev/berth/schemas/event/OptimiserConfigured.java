package dev.berth.schemas.event;

import dev.berth.schemas.model.OptimiserSettings;

/** The optimiser works by these settings from here on. */
public record OptimiserConfigured(OptimiserSettings settings) implements CellEvent {}
