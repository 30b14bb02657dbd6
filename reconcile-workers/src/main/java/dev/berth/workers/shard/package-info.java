/** Making the locations of shards as wanted, within leases and under fences (P1-P6). */
@NullMarked
package dev.berth.workers.shard;

import org.jspecify.annotations.NullMarked;
