package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import org.jspecify.annotations.Nullable;

/** What came of a {@link ReleaseRequest}. */
public sealed interface ReleaseResult {
    /** No node owns the shard, by this request or by an earlier one of the same sequence. */
    record Released(@Nullable Generation generation) implements ReleaseResult {}

    /** The row was written by newer work, or by other work of the same sequence. */
    record Superseded(
            long fence,
            @Nullable Generation generation,
            @Nullable NodeId node) implements ReleaseResult {}

    /** The tenant was deleted or made anew, or no longer has this shard. */
    record Gone() implements ReleaseResult {}
}
