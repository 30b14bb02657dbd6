/**
 * Runs the workflows of a cell: the connection to Temporal, its workers, and the starter that gives each open operation a run (PROTOCOL P22).
 */
@NullMarked
package dev.berth.workflows.host;

import org.jspecify.annotations.NullMarked;
