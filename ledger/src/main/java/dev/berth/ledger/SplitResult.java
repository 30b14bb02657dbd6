package dev.berth.ledger;

import java.util.List;

/** How a split stands in the ledger. */
public sealed interface SplitResult {
    /**
     * The children's rows are there and count for nobody yet.
     *
     * @param children in shard order; their generations are those of their parents
     */
    record Prepared(List<ShardRow> children) implements SplitResult {
        public Prepared {
            children = List.copyOf(children);
        }
    }

    /** It has happened: the tenant has the children's rows and no others. */
    record Committed() implements SplitResult {}

    /** It has not happened, and cannot any more. */
    record Undone() implements SplitResult {}

    /** It cannot go on, since its shards are not where or what it believes; nothing was changed. */
    record Refused(String why) implements SplitResult {}
}
