package dev.berth.schemas.wire;

/** Bytes on a topic that are not a message this build knows. */
public final class UndecodableMessage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UndecodableMessage(String message, Throwable cause) {
        super(message, cause);
    }
}
