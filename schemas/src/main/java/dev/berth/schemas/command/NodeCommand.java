package dev.berth.schemas.command;

/** Commands about pageservers. */
public sealed interface NodeCommand extends Command
        permits ConfigureNode,
                ReportHeartbeats,
                ReportNodeListing,
                ReportNodeReattached,
                ReportNodeRegistered,
                ReportReattachedShards {}
