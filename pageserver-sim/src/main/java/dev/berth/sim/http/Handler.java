package dev.berth.sim.http;

/** Answers one request; runs on a virtual thread and may block. */
@FunctionalInterface
public interface Handler {
    Response handle(Request request) throws InterruptedException;
}
