/**
 * Work for the reconcile workers and what they bring back. A task says all a worker must know; a worker never asks
 * the state machine.
 */
@NullMarked
package dev.berth.schemas.task;

import org.jspecify.annotations.NullMarked;
