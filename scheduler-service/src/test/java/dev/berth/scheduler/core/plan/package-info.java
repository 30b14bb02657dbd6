/** What is to be done for a shard, case by case. */
@NullMarked
package dev.berth.scheduler.core.plan;

import org.jspecify.annotations.NullMarked;
