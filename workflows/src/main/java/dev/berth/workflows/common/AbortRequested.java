package dev.berth.workflows.common;

/** Somebody signalled abort, and the run stands where it can be undone. */
public final class AbortRequested extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AbortRequested(String reason) {
        super(reason);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
