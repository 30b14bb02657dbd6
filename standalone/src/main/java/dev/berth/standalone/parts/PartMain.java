package dev.berth.standalone.parts;

import java.util.function.Supplier;

/** What the main classes of parts have in common: one line when ready, one line on failure, a clean end on SIGTERM. */
final class PartMain {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    record Running(String address, AutoCloseable part, Runnable awaitEnd) {}

    private PartMain() {}

    static void run(String name, String[] args, int arguments, Supplier<Running> start) {
        if (args.length != arguments) {
            System.err.println(name + ": expected a folder and a port");
            System.exit(USAGE);
        }
        try {
            Running running = start.get();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(name, running.part()), name + "-stop"));
            System.out.println("ready " + running.address());
            running.awaitEnd().run();
        } catch (PartFailure e) {
            System.err.println(e.getMessage());
            // Halted, not exited: the half-started part may have left hooks that never end.
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static void close(String name, AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            System.err.println(name + ": did not stop cleanly: " + e.getMessage());
        }
    }
}
