package dev.berth.workflows.port;

import java.time.Duration;

/** The time in which activities wait between two looks. */
public interface WaitingTime {
    /** That of this machine. */
    WaitingTime REAL = new WaitingTime() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void pass(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }
    };

    /** Of no meaning but for differences. */
    long nanos();

    /** Returns when so much time has passed. */
    void pass(Duration time) throws InterruptedException;
}
