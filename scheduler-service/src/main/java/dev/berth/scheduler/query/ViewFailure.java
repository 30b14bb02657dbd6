package dev.berth.scheduler.query;

/** The view cannot answer, through no fault of the caller: try again later. */
public abstract sealed class ViewFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ViewFailure(String message) {
        super(message, null, false, false);
    }

    /** The state has not been read yet since the process started. */
    public static final class NotReady extends ViewFailure {
        private static final long serialVersionUID = 1L;

        NotReady() {
            super("the state of the cell has not been read yet");
        }
    }

    /** The end of the log, or a position, was not reached within the bound. */
    public static final class Behind extends ViewFailure {
        private static final long serialVersionUID = 1L;

        Behind(String message) {
            super(message);
        }
    }

    /** The bound on waiting callers is reached. */
    public static final class TooManyWaiters extends ViewFailure {
        private static final long serialVersionUID = 1L;

        TooManyWaiters(int max) {
            super("more than " + max + " callers are waiting");
        }
    }

    /** The process is shutting down. */
    public static final class Closed extends ViewFailure {
        private static final long serialVersionUID = 1L;

        Closed() {
            super("shutting down");
        }
    }
}
