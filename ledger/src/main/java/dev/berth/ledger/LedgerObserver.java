package dev.berth.ledger;

import org.jspecify.annotations.Nullable;

/** Told of everything the ledger does, for metrics. Called on the caller's thread; must not block or throw. */
public interface LedgerObserver {
    LedgerObserver NONE = new LedgerObserver() {
        @Override
        public void finished(String operation, long nanos, @Nullable LedgerException error) {}

        @Override
        public void retried(String operation, String sqlState) {}
    };

    /** An operation ended after {@code nanos}, retries included. */
    void finished(String operation, long nanos, @Nullable LedgerException error);

    /** An attempt failed with the SQL state given and is repeated. */
    void retried(String operation, String sqlState);
}
