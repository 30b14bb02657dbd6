package dev.berth.workflows.host;

import dev.berth.workflows.common.WorkflowIds;

/**
 * How a process hosts the workflows of a cell.
 *
 * @param target host and port of Temporal's frontend
 * @param identity of this process in Temporal's pages
 */
public record HostOptions(String target, String namespace, WorkflowIds ids, String identity) {
    public static final String NAMESPACE_DEFAULT = "default";
}
