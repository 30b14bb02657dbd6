/**
 * Puts a gateway together and runs it. The only package that knows all others.
 */
@NullMarked
package dev.berth.gateway.app;

import org.jspecify.annotations.NullMarked;
