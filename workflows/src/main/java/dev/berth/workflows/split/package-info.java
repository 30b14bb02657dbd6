/**
 * Split of all shards of a tenant (behaviour 8, PROTOCOL P5, P22): freeze, prepare rows, split on every pageserver, verify the children, commit in
 * the ledger, tell the state machine, tidy up. Whether there is a way back is asked of the ledger, never remembered.
 */
@NullMarked
package dev.berth.workflows.split;

import org.jspecify.annotations.NullMarked;
