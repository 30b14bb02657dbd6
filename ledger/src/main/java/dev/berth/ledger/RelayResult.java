package dev.berth.ledger;

/** What came of one attempt to relay the outbox. */
public sealed interface RelayResult {
    /** That many facts are in the log; none: the outbox was empty. */
    record Relayed(int rows) implements RelayResult {}

    /** Another process is relaying. */
    record Busy() implements RelayResult {}
}
