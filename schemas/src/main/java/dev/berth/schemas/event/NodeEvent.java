package dev.berth.schemas.event;

import dev.berth.schemas.id.NodeId;

/** Facts about a pageserver. */
public sealed interface NodeEvent extends Event
        permits NodeAvailabilityChanged,
                NodeListingEnded,
                NodeListingRequested,
                NodeReattached,
                NodeRegistered,
                NodeRemoved,
                NodeSchedulingChanged,
                NodeUtilizationReported,
                StrayLocationsFound {
    NodeId node();
}
