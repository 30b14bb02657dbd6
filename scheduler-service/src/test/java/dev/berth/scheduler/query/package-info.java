/** Tests of the read view on a log in memory, and the fixtures for them: random histories, a log with faults. */
@NullMarked
package dev.berth.scheduler.query;

import org.jspecify.annotations.NullMarked;
