package dev.berth.ledger;

import dev.berth.schemas.model.NodeRegistration;
import java.time.Instant;

/** A registered pageserver; a deleted one stays as a tombstone. */
public record NodeRow(NodeRegistration registration, boolean deleted, long reattachEpoch, Instant registeredAt) {}
