/**
 * A read view of the cell for gateways and workers: bootstrapped from the state's changelog, kept up by the events,
 * and the client that appends a command and waits for its outcome.
 */
@NullMarked
package dev.berth.scheduler.query;

import org.jspecify.annotations.NullMarked;
