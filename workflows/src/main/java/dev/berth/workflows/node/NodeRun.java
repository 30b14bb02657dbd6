package dev.berth.workflows.node;

import dev.berth.workflows.common.Begun;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.OperationSteps;

/** One run of an operation on a node that is open. */
record NodeRun(OperationRun run, Begun begun, OperationSteps operation) {}
