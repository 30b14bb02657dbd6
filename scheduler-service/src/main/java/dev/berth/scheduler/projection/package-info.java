/**
 * Events to the Postgres read model and the ledger's log-first columns (P4).
 */
@NullMarked
package dev.berth.scheduler.projection;

import org.jspecify.annotations.NullMarked;
