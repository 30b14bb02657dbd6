package dev.berth.scheduler.core.plan;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.Transfer;

/** What the optimiser does next with one shard. */
public sealed interface Improvement {
    /** One location goes elsewhere. */
    record Move(Transfer transfer) implements Improvement {}

    /** A secondary is too much. */
    record Drop(NodeId secondary) implements Improvement {}

    /** Locations are missing. */
    record Complete() implements Improvement {}

    /** It is where it belongs, or nothing better is to be had. */
    record None() implements Improvement {}
}
