/** Events that cannot be folded. */
@NullMarked
package dev.berth.scheduler.core.evolve;

import org.jspecify.annotations.NullMarked;
