/**
 * Deletion of a tenant (behaviour 7.5): wait until no reachable pageserver holds it, remove what is stored remotely, then the ledger's rows.
 */
@NullMarked
package dev.berth.workflows.delete;

import org.jspecify.annotations.NullMarked;
