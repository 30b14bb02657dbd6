/**
 * {@code berth up}: one supervisor that runs Kafka, Postgres, Temporal, the services and simulated pageservers as processes,
 * starts again what dies, and stops all of it. It knows them only as command lines and signs of readiness.
 */
@NullMarked
package dev.berth.standalone.up;

import org.jspecify.annotations.NullMarked;
