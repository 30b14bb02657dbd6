/**
 * Recorded histories of workflows, and their replay: a build that cannot replay what an earlier one has begun breaks here. Histories of released
 * versions are never changed.
 */
@NullMarked
package dev.berth.workflows.history;

import org.jspecify.annotations.NullMarked;
