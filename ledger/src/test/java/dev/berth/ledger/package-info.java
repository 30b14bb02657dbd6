/** Tests of the ledger on a real Postgres: one server per JVM, one cell per test. */
@NullMarked
package dev.berth.ledger;

import org.jspecify.annotations.NullMarked;
