package dev.berth.standalone.bench;

import java.time.Duration;

/**
 * How much is done.
 *
 * @param operations of a row with one caller; rows with more callers do more
 * @param timed how long rows run that have no end of their own
 */
record Sizes(int shards, int nodes, int operations, Duration timed) {}
