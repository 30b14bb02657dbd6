/** Tests through the front door: HTTP on the real Kafka, Postgres and Temporal, with simulated pageservers and control plane. */
@NullMarked
package dev.berth.standalone.frontdoor;

import org.jspecify.annotations.NullMarked;
