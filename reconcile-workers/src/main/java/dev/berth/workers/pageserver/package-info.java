/** The management API of pageservers, as far as workers call it. */
@NullMarked
package dev.berth.workers.pageserver;

import org.jspecify.annotations.NullMarked;
