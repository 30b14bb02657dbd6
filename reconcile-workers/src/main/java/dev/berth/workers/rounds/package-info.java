/** What a worker process does again and again. */
@NullMarked
package dev.berth.workers.rounds;

import org.jspecify.annotations.NullMarked;
