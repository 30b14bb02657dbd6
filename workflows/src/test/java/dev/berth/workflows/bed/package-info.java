/** What tests of workflows run on: a Temporal in memory whose time skips, and a modelled cell with one shard. */
@NullMarked
package dev.berth.workflows.bed;

import org.jspecify.annotations.NullMarked;
