/** Telling computes where their shards are (P21). */
@NullMarked
package dev.berth.workers.notify;

import org.jspecify.annotations.NullMarked;
