package dev.berth.scheduler.query;

import dev.berth.ledger.OutboxRow;
import dev.berth.ledger.OutboxSink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Appends the ledger's facts to the command log under their own ids, one after the other (P9): a registration is in the log before the
 * re-attach that follows from it, whatever is repeated.
 */
public final class OutboxToLog implements OutboxSink {
    /** Longer than an append takes to be refused. */
    private static final Duration APPEND_TIMEOUT = Duration.ofSeconds(6);

    private final CommandClient.Appender log;

    public OutboxToLog(CommandClient.Appender log) {
        this.log = log;
    }

    @Override
    public void publish(List<OutboxRow> rows) throws ExecutionException, InterruptedException, TimeoutException {
        for (OutboxRow row : rows) {
            log.append(row.envelope()).get(APPEND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
