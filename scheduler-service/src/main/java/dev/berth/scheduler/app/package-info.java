/**
 * Starting and wiring the scheduler service; its configuration, health and metrics.
 */
@NullMarked
package dev.berth.scheduler.app;

import org.jspecify.annotations.NullMarked;
