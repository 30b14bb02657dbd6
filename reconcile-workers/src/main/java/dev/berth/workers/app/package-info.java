/** Starting and wiring the workers of one process. */
@NullMarked
package dev.berth.workers.app;

import org.jspecify.annotations.NullMarked;
