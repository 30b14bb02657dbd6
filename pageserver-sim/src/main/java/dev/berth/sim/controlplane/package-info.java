/**
 * A stand-in for the control plane that owns computes: it takes {@code notify-attach} and remembers what it was told.
 */
@NullMarked
package dev.berth.sim.controlplane;

import org.jspecify.annotations.NullMarked;
