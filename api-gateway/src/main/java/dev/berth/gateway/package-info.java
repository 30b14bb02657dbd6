/**
 * The front door of a cell: the HTTP API. Reads are answered from the process's own view of the cell, mutations are appended as
 * commands and answered when the view shows what was promised, upcalls are served from the ledger alone.
 */
@NullMarked
package dev.berth.gateway;

import org.jspecify.annotations.NullMarked;
