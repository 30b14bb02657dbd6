/** What a state promises to those who decide and evolve. */
@NullMarked
package dev.berth.scheduler.core.state;

import org.jspecify.annotations.NullMarked;
