package dev.berth.schemas.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker found or made of one shard under one sequence. Facts may come in several reports; the one that is finished
 * ends the lease.
 *
 * @param present locations now known, or unknown after an unanswered request
 * @param absent nodes where certainly nothing is
 * @param generation issued by the ledger for this work, or read there
 * @param error of a finished piece of work that did not do all it should; null when it did
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardReport(
        TenantShardId shard,
        long sequence,
        List<ObservedLocation> present,
        List<NodeId> absent,
        @Nullable Generation generation,
        boolean finished,
        @Nullable WorkError error) {

    public ShardReport {
        present = present == null ? List.of() : List.copyOf(present);
        absent = absent == null ? List.of() : List.copyOf(absent);
    }
}
