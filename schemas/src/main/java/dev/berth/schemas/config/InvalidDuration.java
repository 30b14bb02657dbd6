package dev.berth.schemas.config;

/** A text that is not a duration; the message says what is wrong and at which character (counted from 0). */
public final class InvalidDuration extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidDuration(String text, String problem) {
        super("invalid duration '" + text + "': " + problem);
    }
}
