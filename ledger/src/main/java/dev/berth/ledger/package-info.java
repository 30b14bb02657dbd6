/**
 * The ledger: the one store that issues generations and remembers them (PROTOCOL.md P1, P4-P10). {@link dev.berth.ledger.Ledger} is its
 * whole interface; everything behind it is SQL against one Postgres schema per cell. Statements work on whole batches and reach rows by
 * key; nothing here decides where a shard belongs. {@code java.sql} is imported here and in projections, nowhere else.
 */
@NullMarked
package dev.berth.ledger;

import org.jspecify.annotations.NullMarked;
