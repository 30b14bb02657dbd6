/**
 * Tenant and location configuration as the HTTP contract and the pageservers write it: durations, the table of known
 * fields, the canonical form that is compared and hashed, and the flavours a location is sent. Immutable values, pure
 * functions of their input. {@link dev.berth.schemas.config.Json} is the one JSON reader and writer beside the log.
 */
@NullMarked
package dev.berth.schemas.config;

import org.jspecify.annotations.NullMarked;
