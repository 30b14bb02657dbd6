package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A shard as it begins when its tenant has been split.
 *
 * @param attached where its parent was
 * @param location what is observed there; null when that node is gone
 * @param sequence of its parent, which the ledger may hold as its fence
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record BornShard(
        int number,
        Generation generation,
        NodeId attached,
        List<NodeId> secondaries,
        @Nullable ObservedLocation location,
        long sequence) {
    public BornShard {
        secondaries = secondaries == null ? List.of() : List.copyOf(secondaries);
    }
}
