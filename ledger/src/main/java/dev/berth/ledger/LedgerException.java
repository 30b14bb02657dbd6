package dev.berth.ledger;

/** The ledger could not do what was asked: a statement failed for another reason than the connection. */
public class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
