/**
 * The one form of error that the API has. Whoever notices that a request cannot be served throws it; the shell writes it.
 */
@NullMarked
package dev.berth.gateway.error;

import org.jspecify.annotations.NullMarked;
