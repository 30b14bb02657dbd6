package dev.berth.log;

/** The log could not be reached and certainly nothing was appended: the caller may say "not done" (P13). */
public final class LogUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
