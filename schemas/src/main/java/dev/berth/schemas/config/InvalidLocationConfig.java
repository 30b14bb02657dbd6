package dev.berth.schemas.config;

/** A location configuration that cannot be read; the message is fit for the caller who sent it. */
public final class InvalidLocationConfig extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidLocationConfig(String message) {
        super(message);
    }

    InvalidLocationConfig(String message, Throwable cause) {
        super(message, cause);
    }
}
