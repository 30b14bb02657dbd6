/**
 * Facts the state machine decided. Folding all of them in order rebuilds its state; each carries results, never
 * recipes. They travel on berth.events, one record per command, together with the command's outcome.
 */
@NullMarked
package dev.berth.schemas.event;

import org.jspecify.annotations.NullMarked;
