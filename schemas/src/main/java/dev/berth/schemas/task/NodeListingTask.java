package dev.berth.schemas.task;

import dev.berth.schemas.id.NodeId;

/**
 * List everything a node holds and report it under the listing's number, begun after this task was read.
 *
 * @param deadlineMs state time after which the answer is no longer waited for
 * @param digest of what is believed to be there; an equal listing is reported as unchanged. 0: report all entries
 */
public record NodeListingTask(NodeId node, String host, int port, long listing, long deadlineMs, long digest)
        implements WorkItem {}
