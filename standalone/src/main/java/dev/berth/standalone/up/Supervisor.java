package dev.berth.standalone.up;

import dev.berth.standalone.parts.PartFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Starts groups of parts one after the other, the parts of a group together, and stops the groups in the reverse order. What an
 * earlier supervisor left running is stopped first.
 */
final class Supervisor implements AutoCloseable {
    private final Home home;
    private final Console console;
    private final Deque<List<PartProcess>> groups = new ArrayDeque<>();
    private volatile boolean closing;

    Supervisor(Home home, Console console) {
        this.home = home;
        this.console = console;
    }

    static void stopLeftovers(Home home, Console console) {
        List<ProcessHandle> left = home.pidFiles().stream()
                .map(PidFile::new)
                .flatMap(file -> file.living().stream())
                .toList();
        if (!left.isEmpty()) {
            console.line("An earlier run was killed; stopping the " + left.size() + " processes that it left.");
            left.parallelStream().forEach(PidFile::stop);
        }
        home.pidFiles().stream().map(PidFile::new).forEach(PidFile::delete);
    }

    /** Returns when all of them are ready; fails with the first that is not. */
    void start(List<PartSpec> specs) {
        List<PartProcess> group = new ArrayList<>();
        CompletableFuture<?>[] ready = new CompletableFuture<?>[specs.size()];
        synchronized (this) {
            if (closing) {
                throw new PartFailure("stopped while it was starting");
            }
            groups.push(group);
            for (int i = 0; i < ready.length; i++) {
                PartProcess part = new PartProcess(specs.get(i), home, console);
                group.add(part);
                ready[i] = part.start();
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(ready);
        for (CompletableFuture<?> one : ready) {
            one.exceptionally(failure -> {
                all.completeExceptionally(failure);
                return null;
            });
        }
        try {
            all.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof PartFailure failure ? failure : e;
        }
    }

    synchronized PartProcess part(String name) {
        return groups.stream()
                .flatMap(List::stream)
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no part " + name));
    }

    /** What runs now, by the names of the parts. */
    synchronized Map<String, ProcessHandle> processes() {
        Map<String, ProcessHandle> running = new TreeMap<>();
        groups.stream()
                .flatMap(List::stream)
                .forEach(part -> part.running().ifPresent(process -> running.put(part.name(), process)));
        return running;
    }

    boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        closing = true;
        stopAll();
    }

    private synchronized void stopAll() {
        while (!groups.isEmpty()) {
            List<Thread> stops = groups.pop().stream()
                    .map(part -> Thread.ofVirtual().start(part::stop))
                    .toList();
            stops.forEach(Supervisor::join);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
