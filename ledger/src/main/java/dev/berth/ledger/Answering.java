package dev.berth.ledger;

import org.jspecify.annotations.Nullable;

/** Whether Postgres answered the last operation that asked it something. */
final class Answering implements LedgerObserver {
    private final LedgerObserver next;
    private volatile boolean answers = true;

    Answering(LedgerObserver next) {
        this.next = next;
    }

    boolean answers() {
        return answers;
    }

    @Override
    public void finished(String operation, long nanos, @Nullable LedgerException error) {
        answers = !(error instanceof LedgerUnavailableException);
        next.finished(operation, nanos, error);
    }

    @Override
    public void retried(String operation, String sqlState) {
        next.retried(operation, sqlState);
    }
}
