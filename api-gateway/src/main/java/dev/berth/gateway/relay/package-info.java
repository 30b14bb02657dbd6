/**
 * Calls of the gateway to pageservers: pooled, bounded, ended when a node is lost, and guarded by two reads of the ledger, so that an
 * acknowledgement counts only if no shard was attached anew meanwhile.
 */
@NullMarked
package dev.berth.gateway.relay;

import org.jspecify.annotations.NullMarked;
