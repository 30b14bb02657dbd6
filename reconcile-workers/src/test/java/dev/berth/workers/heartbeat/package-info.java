/** Tests of the prober, on a real ledger and simulated pageservers. */
@NullMarked
package dev.berth.workers.heartbeat;

import org.jspecify.annotations.NullMarked;
