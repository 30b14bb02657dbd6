package dev.berth.schemas.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.pageserver.Utilization;
import org.jspecify.annotations.Nullable;

/**
 * What the prober saw of one node.
 *
 * @param utilization its answer; null when it failed to answer
 * @param failingForMs since its last good answer, by the prober's monotonic clock; 0 when it answered
 * @param reason why it counts as failing, for operators
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Heartbeat(
        NodeId node,
        @Nullable Utilization utilization,
        long failingForMs,
        @Nullable String reason) {}
