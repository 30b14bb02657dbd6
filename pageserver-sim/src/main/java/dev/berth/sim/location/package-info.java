/**
 * The words of the location API: shard ids, location modes and configs, tenant configs, LSNs and durations, with the
 * text forms a pageserver reads and writes.
 */
@NullMarked
package dev.berth.sim.location;

import org.jspecify.annotations.NullMarked;
