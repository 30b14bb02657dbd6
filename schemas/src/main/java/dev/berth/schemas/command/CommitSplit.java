package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.SplitChild;
import java.util.List;

/** The ledger has committed a split: the tenant has these shards, in shard order. Never sent before (P5). */
public record CommitSplit(OperationId operation, String run, List<SplitChild> children) implements OperationCommand {
    public CommitSplit {
        children = List.copyOf(children);
    }
}
