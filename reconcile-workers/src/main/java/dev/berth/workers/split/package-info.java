/** What workers contribute to splits that nobody asked for: sizes, and a line in the log when one has ended. */
@NullMarked
package dev.berth.workers.split;

import org.jspecify.annotations.NullMarked;
