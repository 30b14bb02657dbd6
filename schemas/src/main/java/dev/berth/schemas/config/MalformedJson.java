package dev.berth.schemas.config;

/** Bytes that are not exactly one JSON value. */
public final class MalformedJson extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedJson(String message) {
        super(message);
    }

    MalformedJson(String message, Throwable cause) {
        super(message, cause);
    }
}
