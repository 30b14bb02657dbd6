/**
 * What work follows from a shard as it is, and the tasks that carry it to workers.
 */
@NullMarked
package dev.berth.scheduler.core.plan;

import org.jspecify.annotations.NullMarked;
