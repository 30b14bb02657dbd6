/** Decisions one by one: given a cell, when a command comes, then these facts. */
@NullMarked
package dev.berth.scheduler.core.decide;

import org.jspecify.annotations.NullMarked;
