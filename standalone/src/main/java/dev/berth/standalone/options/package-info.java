/**
 * Flags, environment variables, defaults and their meaning: declared once, in {@link
 * dev.berth.standalone.options.ServiceFlags}, and from there parsed, printed by {@code --help} and written to
 * docs/configuration.md. Wrong values end in one line and status 2.
 */
@NullMarked
package dev.berth.standalone.options;

import org.jspecify.annotations.NullMarked;
