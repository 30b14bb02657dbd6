package dev.berth.ledger;

/**
 * The Postgres answering is not the one last seen: restored or failed over. Nothing is issued or confirmed until
 * {@link Ledger#raiseAllGenerationsAbove} has run (P10).
 */
public final class PostgresRestoredException extends LedgerUnavailableException {
    private static final long serialVersionUID = 1L;

    PostgresRestoredException(String message, Throwable cause) {
        super(message, cause);
    }
}
