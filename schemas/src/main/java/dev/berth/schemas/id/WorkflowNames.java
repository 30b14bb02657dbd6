package dev.berth.schemas.id;

/** Names of workflows in Temporal, by which cells share one without seeing each other. */
public final class WorkflowNames {
    private WorkflowNames() {}

    /** Of the first run of an operation: one for each, for ever. */
    public static String of(String cell, long incarnation, OperationId operation) {
        return of(cell, incarnation(incarnation), operation);
    }

    public static String of(String cell, String incarnation, OperationId operation) {
        return cell + "/" + incarnation + "/" + operation;
    }

    /** The incarnation of a cell as names carry it. */
    public static String incarnation(long incarnation) {
        return Long.toUnsignedString(incarnation, Character.MAX_RADIX);
    }
}
