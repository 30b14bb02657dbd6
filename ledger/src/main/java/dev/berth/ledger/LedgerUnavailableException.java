package dev.berth.ledger;

/**
 * Postgres did not answer within the ledger's patience. Whether the last attempt was committed is unknown; every operation may be
 * repeated.
 */
public class LedgerUnavailableException extends LedgerException {
    private static final long serialVersionUID = 1L;

    public LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
