package dev.berth.workflows.split;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Signs of life during a call that takes longer than the time between them. */
final class Heartbeats {
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private Heartbeats() {}

    /** Makes the call. When the activity is cancelled meanwhile, the calling thread is interrupted. */
    static <T> T during(Supplier<T> call) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        Thread caller = Thread.currentThread();
        Thread beats = Thread.ofVirtual().name("heartbeats").start(() -> beat(context, caller));
        try {
            return call.get();
        } finally {
            beats.interrupt();
        }
    }

    private static void beat(ActivityExecutionContext context, Thread caller) {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(PERIOD.toMillis());
                context.heartbeat(null);
            }
        } catch (ActivityCompletionException e) {
            caller.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
