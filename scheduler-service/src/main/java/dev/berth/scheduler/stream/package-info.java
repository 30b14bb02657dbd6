/**
 * The Kafka Streams app around the core: one processor, the store and its changelog. Rules of the domain are not here.
 */
@NullMarked
package dev.berth.scheduler.stream;

import org.jspecify.annotations.NullMarked;
