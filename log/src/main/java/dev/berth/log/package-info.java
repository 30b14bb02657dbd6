/**
 * The Kafka side of every service: clients made by one factory, the command log, topics, followers and group consumers.
 * Kafka types stay behind these classes (and the scheduler's stream package). Every consumer reads committed records only, so
 * that nobody sees the work of an aborted transaction (P11). Nothing here knows the rules of the domain.
 */
@NullMarked
package dev.berth.log;

import org.jspecify.annotations.NullMarked;
