package dev.berth.workflows.host;

import dev.berth.workflows.common.WorkflowIds;

/**
 * How a process hosts the workflows of a cell.
 *
 * @param target host and port of Temporal's frontend
 * @param identity of this process in Temporal's pages
 * @param secondaryLagBytesMax what a secondary may lack and still take over from a node that is drained, filled or deleted
 */
public record HostOptions(
        String target, String namespace, WorkflowIds ids, String identity, long secondaryLagBytesMax) {
    public static final String NAMESPACE_DEFAULT = "default";
    /** Behaviour 5.7. */
    public static final long SECONDARY_LAG_BYTES_DEFAULT = 256L << 20;
}
