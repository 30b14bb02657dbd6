package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;

/** A worker shall list what the node holds. The listing number is the position of the command. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeListingRequested(
        NodeId node, long listing, ListingPurpose purpose, long deadlineMs, long digest, long atMs)
        implements NodeEvent {}
