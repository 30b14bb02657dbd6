package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import org.jspecify.annotations.Nullable;

/** What came of a {@link BumpRequest}. */
public sealed interface BumpResult {
    /** The generation is the node's alone and durable. */
    record Issued(Generation generation) implements BumpResult {}

    /** This sequence was met before and issued this, then: read the location before doing anything (P1). */
    record AlreadyIssued(
            @Nullable Generation generation, @Nullable NodeId node) implements BumpResult {}

    /** A newer sequence has written the row: drop the work and say so. */
    record Superseded(
            long fence,
            @Nullable Generation generation,
            @Nullable NodeId node) implements BumpResult {}

    /** The tenant was deleted or made anew, or no longer has this shard. */
    record Gone() implements BumpResult {}
}
