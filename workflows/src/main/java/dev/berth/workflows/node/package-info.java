/**
 * Operations on a node (behaviour 5.7): drain, fill, deletion. One workflow each, however many shards the node has: it plans from the state a
 * part at a time, sees to it that destinations are warm, asks the state machine for the moves and waits until the reconciler has made them.
 */
@NullMarked
package dev.berth.workflows.node;

import org.jspecify.annotations.NullMarked;
