package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import org.jspecify.annotations.Nullable;

/** The listing was compared, or could not be had. */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeListingEnded(
        NodeId node, long listing, @Nullable String error) implements NodeEvent {}
