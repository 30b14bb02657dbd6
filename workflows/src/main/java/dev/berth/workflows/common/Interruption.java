package dev.berth.workflows.common;

import io.temporal.activity.Activity;

/**
 * An interruption of an activity's thread, which is how its worker shuts down: it ends the activity. Classes that use nothing else of
 * {@link Activity} see to it themselves: by that use they are known not to run in a workflow.
 */
public final class Interruption {
    private Interruption() {}

    /** What may wait. */
    @FunctionalInterface
    public interface Waiting<T, E extends Exception> {
        T get() throws InterruptedException, E;
    }

    public static <T, E extends Exception> T ends(Waiting<T, E> waiting) throws E {
        try {
            return waiting.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Activity.wrap(e);
        }
    }
}
