/**
 * What tests, tools and people look at: placement, dumps, consistency, quiescence, health and metrics.
 */
@NullMarked
package dev.berth.gateway.http.debug;

import org.jspecify.annotations.NullMarked;
