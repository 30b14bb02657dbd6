/**
 * What all workflows of long operations share: input and result, how a person steers one and sees it, how failures are named, the bounds of
 * activities, and the commands by which a run speaks to the state machine. Workflow code has no clock, chance or I/O of its own.
 */
@NullMarked
package dev.berth.workflows.common;

import org.jspecify.annotations.NullMarked;
