/** Choices of the placer against a plain scan of random fleets. */
@NullMarked
package dev.berth.scheduler.core.placement;

import org.jspecify.annotations.NullMarked;
