/** Tests of doing work, on a real ledger and simulated pageservers. */
@NullMarked
package dev.berth.workers.optimiser;

import org.jspecify.annotations.NullMarked;
