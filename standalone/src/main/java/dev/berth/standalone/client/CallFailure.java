package dev.berth.standalone.client;

/** A call that was not answered, or not with the status that was expected. */
public final class CallFailure extends Exception {
    private static final long serialVersionUID = 1L;
    /** What {@link #status()} says of a call without an answer. */
    public static final int NO_ANSWER = 0;

    private final int status;

    CallFailure(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
