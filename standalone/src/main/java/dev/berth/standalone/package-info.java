/**
 * The {@code berth} program: its commands and how they are started. Everything else in this module is in the packages below;
 * the rest of Berth knows nothing of this one.
 */
@NullMarked
package dev.berth.standalone;

import org.jspecify.annotations.NullMarked;
