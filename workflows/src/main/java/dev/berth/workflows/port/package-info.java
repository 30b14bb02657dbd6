/**
 * What workflows need of the outside: commands with outcomes, pageservers, the ledger of generations, the state of the cell. Whoever hosts the
 * workflows implements these; nothing here knows how.
 */
@NullMarked
package dev.berth.workflows.port;

import org.jspecify.annotations.NullMarked;
