/**
 * Kafka, Postgres and Temporal on one machine, with their data in folders that survive restarts and {@code kill -9}. Each
 * part is one class, free of the rest of Berth; Kafka and Postgres also have a main class so that they can be processes of
 * their own. Only this package touches the broker's and the embedded server's internal interfaces.
 */
@NullMarked
package dev.berth.standalone.parts;

import org.jspecify.annotations.NullMarked;
