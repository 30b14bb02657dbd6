/**
 * A deterministic model of everything around the core: log, ledger, workers, pageservers, computes, workflows, with lost, late
 * and repeated messages and crashes, driven by a seed on one thread.
 */
@NullMarked
package dev.berth.scheduler.core.simulation;

import org.jspecify.annotations.NullMarked;
