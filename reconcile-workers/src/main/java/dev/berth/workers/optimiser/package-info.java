/** What the optimiser has to learn outside: whether copies are warm. */
@NullMarked
package dev.berth.workers.optimiser;

import org.jspecify.annotations.NullMarked;
