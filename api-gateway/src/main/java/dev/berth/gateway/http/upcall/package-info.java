/**
 * What pageservers ask: re-attach and validate. Served from the ledger alone, whatever else is down.
 */
@NullMarked
package dev.berth.gateway.http.upcall;

import org.jspecify.annotations.NullMarked;
