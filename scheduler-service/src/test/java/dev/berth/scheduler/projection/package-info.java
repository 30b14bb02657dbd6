/** Tests of the projection: rows in memory and in Postgres against the state they are made from. */
@NullMarked
package dev.berth.scheduler.projection;

import org.jspecify.annotations.NullMarked;
