/**
 * Live migration of one shard (behaviour 4.5, PROTOCOL P22): warm the destination, freeze the origin, issue a generation, attach, catch up, cut
 * over, tell computes, let the origin go. Until the cut-over everything is undone on failure; after it there is only forward.
 */
@NullMarked
package dev.berth.workflows.migrate;

import org.jspecify.annotations.NullMarked;
