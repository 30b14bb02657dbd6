/**
 * A simulated pageserver that speaks the real HTTP API, alone or many in one process.
 *
 * <p>{@code SimulatedPageserver} is one node, {@code SimFleet} a set of nodes over one remote storage and {@code SimMain}
 * the process around them. Locations, generations, deletions, secondaries and timelines behave as a pageserver lets a
 * controller see them; page data and WAL are not modelled.
 */
@NullMarked
package dev.berth.sim;

import org.jspecify.annotations.NullMarked;
