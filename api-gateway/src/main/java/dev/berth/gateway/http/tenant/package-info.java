/**
 * What control planes ask under /v1 as if the cell were one big pageserver: tenants, their configuration, timelines, and every GET by
 * pass-through.
 */
@NullMarked
package dev.berth.gateway.http.tenant;

import org.jspecify.annotations.NullMarked;
