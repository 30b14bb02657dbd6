package dev.berth.schemas.pageserver;

/** A pageserver answered with success and something that is not what the contract says; the message names the place. */
public final class UnreadableBody extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnreadableBody(String message) {
        super(message);
    }

    UnreadableBody(String message, Throwable cause) {
        super(message, cause);
    }
}
