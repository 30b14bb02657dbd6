package dev.berth.ledger;

import java.util.List;

/** Where outbox rows go: the command log. */
@FunctionalInterface
public interface OutboxSink {
    /** Returns when all rows, in this order, are acknowledged; throws when any is not. Bounded in time by the implementation. */
    void publish(List<OutboxRow> rows) throws Exception;
}
