package dev.berth.workflows.common;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.WorkflowNames;

/** Names by which cells share one Temporal without seeing each other. */
public record WorkflowIds(String cell, String incarnation) {
    public String taskQueue() {
        return cell + ".operations";
    }

    /** Where activities that stay are queued, so that they take no room from those that do something. */
    public static String stays(String taskQueue) {
        return taskQueue + ".stays";
    }

    /** One for each operation, for ever. */
    public String workflow(OperationId operation) {
        return WorkflowNames.of(cell, incarnation, operation);
    }

    /** Of the run that cleans up after one that was ended from outside. */
    public String recovery(OperationId operation) {
        return workflow(operation) + "/recovery";
    }
}
