package dev.berth.ledger;

import dev.berth.schemas.model.NodeRegistration;

/** What came of a registration: the decision table of http-api 6.1. */
public sealed interface RegistrationResult {
    /** The id was new. */
    record Registered() implements RegistrationResult {}

    /** Everything was as stored; nothing done. */
    record Unchanged() implements RegistrationResult {}

    /** The HTTPS or gRPC address differed and is stored. */
    record Updated() implements RegistrationResult {}

    /** The id is taken by a node with another address or zone; nothing done. */
    record AddressConflict(NodeRegistration registered) implements RegistrationResult {}

    /** The id belongs to a deleted node; nothing done. */
    record Tombstoned() implements RegistrationResult {}
}
