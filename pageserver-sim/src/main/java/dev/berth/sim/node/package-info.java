/**
 * The inside of one node: its locations, timelines, deletion queue, secondaries, disk and upcalls, and the routes that
 * serve them.
 */
@NullMarked
package dev.berth.sim.node;

import org.jspecify.annotations.NullMarked;
