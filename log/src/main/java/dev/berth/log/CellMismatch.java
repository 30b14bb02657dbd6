package dev.berth.log;

/** Log and ledger do not belong together; whoever meets this must not act (P10). The message names the difference. */
public final class CellMismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CellMismatch(String message) {
        super(message);
    }
}
