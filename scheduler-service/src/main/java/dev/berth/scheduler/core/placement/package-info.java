/**
 * Which node shall hold a location: pure choices over the placement index, in logarithmic time, with the rules of
 * behaviour 3. Emits nothing, remembers nothing.
 */
@NullMarked
package dev.berth.scheduler.core.placement;

import org.jspecify.annotations.NullMarked;
