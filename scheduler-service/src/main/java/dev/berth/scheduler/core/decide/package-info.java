/**
 * Commands to events or rejections. Reads a {@link dev.berth.scheduler.core.state.ControllerView}, never writes; knows no clock,
 * random source, thread or store. A {@link dev.berth.scheduler.core.decide.Draft} holds what one command has decided so far.
 */
@NullMarked
package dev.berth.scheduler.core.decide;

import org.jspecify.annotations.NullMarked;
