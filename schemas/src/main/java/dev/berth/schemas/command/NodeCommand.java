package dev.berth.schemas.command;

/** Commands about pageservers. */
public sealed interface NodeCommand extends Command
        permits CancelNodeOperation,
                ConfigureNode,
                DeleteNode,
                DrainNode,
                FillNode,
                RemoveNode,
                ReportHeartbeats,
                ReportNodeListing,
                ReportNodeReattached,
                ReportNodeRegistered,
                ReportReattachedShards {}
