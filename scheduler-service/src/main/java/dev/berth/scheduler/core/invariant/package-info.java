/**
 * Named statements that hold after every event, as predicates over the view.
 */
@NullMarked
package dev.berth.scheduler.core.invariant;

import org.jspecify.annotations.NullMarked;
