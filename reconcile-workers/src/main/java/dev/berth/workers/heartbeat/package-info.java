/** The prober: which nodes answer, and how long others have not (P18). */
@NullMarked
package dev.berth.workers.heartbeat;

import org.jspecify.annotations.NullMarked;
