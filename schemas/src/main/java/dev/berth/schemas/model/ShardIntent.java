package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a shard shall be.
 *
 * @param attached null where nothing shall be attached
 * @param secondaries in order of preference
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardIntent(@Nullable NodeId attached, List<NodeId> secondaries) {
    public ShardIntent {
        secondaries = secondaries == null ? List.of() : List.copyOf(secondaries);
    }

    public boolean includes(NodeId node) {
        return node.equals(attached) || secondaries.contains(node);
    }

    /** All nodes, the attached one first. */
    public List<NodeId> nodes() {
        List<NodeId> nodes = new ArrayList<>(secondaries.size() + 1);
        if (attached != null) {
            nodes.add(attached);
        }
        nodes.addAll(secondaries);
        return nodes;
    }

    @Override
    public String toString() {
        return (attached == null ? "not attached" : "attached on node " + attached)
                + (secondaries.isEmpty() ? "" : ", with secondaries on " + secondaries);
    }
}
