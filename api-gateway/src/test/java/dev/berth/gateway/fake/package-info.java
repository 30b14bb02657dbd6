/**
 * A cell in one process for tests of the gateway: the real state machine, view and ledger, with a log in memory and workers that do as
 * they are told.
 */
@NullMarked
package dev.berth.gateway.fake;

import org.jspecify.annotations.NullMarked;
