/**
 * Events to state. Writes and never chooses: an event carries all it needs. An event that cannot be applied is an
 * {@link dev.berth.scheduler.core.state.InvariantViolation}.
 */
@NullMarked
package dev.berth.scheduler.core.evolve;

import org.jspecify.annotations.NullMarked;
