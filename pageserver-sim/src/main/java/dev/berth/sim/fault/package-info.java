/**
 * Faults that can be injected: rules on requests, partitions, and knobs that slow or stop parts of a node.
 */
@NullMarked
package dev.berth.sim.fault;

import org.jspecify.annotations.NullMarked;
