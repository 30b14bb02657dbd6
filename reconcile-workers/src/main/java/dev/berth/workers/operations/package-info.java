/**
 * Connects the workflows of long operations with this process's view of the cell, its command client, the ledger and its pageserver
 * connections. Knows nothing of Temporal: that is the workflows' own.
 */
@NullMarked
package dev.berth.workers.operations;

import org.jspecify.annotations.NullMarked;
