package dev.berth.standalone;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * Turns SIGINT, SIGTERM and SIGHUP into an orderly end of the main thread, and so into the exit status that the command
 * returns; a second signal ends the process at once.
 */
public final class Shutdown {
    private static final int IMPATIENT = 130;

    private final CountDownLatch asked = new CountDownLatch(1);

    private Shutdown() {}

    public static Shutdown onSignals() {
        Shutdown shutdown = new Shutdown();
        for (String name : List.of("INT", "TERM", "HUP")) {
            Signal.handle(new Signal(name), signal -> shutdown.ask());
        }
        return shutdown;
    }

    private void ask() {
        if (asked.getCount() == 0) {
            Runtime.getRuntime().halt(IMPATIENT);
        }
        asked.countDown();
    }

    public boolean isAsked() {
        return asked.getCount() == 0;
    }

    public void await() throws InterruptedException {
        asked.await();
    }

    /** Whether it was asked for within the time. */
    public boolean await(Duration bound) throws InterruptedException {
        return asked.await(bound.toMillis(), TimeUnit.MILLISECONDS);
    }
}
