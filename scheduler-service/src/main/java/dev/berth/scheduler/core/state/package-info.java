/**
 * What the state machine knows: tenants with their shards, nodes, operations, and the indices over them. Aggregates are
 * immutable records; only evolvers put new ones. {@link dev.berth.scheduler.core.state.ControllerView} reads,
 * {@link dev.berth.scheduler.core.state.ControllerState} writes too.
 */
@NullMarked
package dev.berth.scheduler.core.state;

import org.jspecify.annotations.NullMarked;
