package dev.berth.standalone.parts;

/** A part could not be started or did not stay up, for a reason that one line can tell a person. */
public final class PartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PartFailure(String message) {
        super(message);
    }

    public PartFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
