/**
 * The HTTP edge: a listener over the server of the JDK, a router and the error form of pageservers. Nothing here knows
 * what a tenant is.
 */
@NullMarked
package dev.berth.sim.http;

import org.jspecify.annotations.NullMarked;
