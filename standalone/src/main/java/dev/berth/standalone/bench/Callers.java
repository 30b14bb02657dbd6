package dev.berth.standalone.bench;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/** A closed loop of callers, each on a connection of its own: the next operation begins when the one before is answered. */
final class Callers {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    private static final int FAILURES_TOLD = 3;

    private final URI api;
    private final int number;

    Callers(URI api, int number) {
        this.api = api;
        this.number = number;
    }

    /** One operation; {@code index} counts over all callers. */
    interface Operation {
        void run(HttpConnection connection, int index) throws IOException, WrongAnswer;
    }

    Sample times(int operations, Operation operation) {
        return run(index -> index < operations, operation);
    }

    Sample during(Duration time, Operation operation) {
        long end = System.nanoTime() + time.toNanos();
        return run(index -> System.nanoTime() < end, operation);
    }

    private Sample run(IntPredicate goesOn, Operation operation) {
        AtomicInteger next = new AtomicInteger();
        List<Long> nanos = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        long begun = System.nanoTime();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < number; i++) {
                callers.execute(() -> {
                    Caller caller = new Caller();
                    caller.loop(next, goesOn, operation);
                    synchronized (nanos) {
                        nanos.addAll(caller.nanos);
                        failures.addAll(caller.failures);
                    }
                });
            }
        }
        Duration wall = Duration.ofNanos(System.nanoTime() - begun);
        return new Sample(
                nanos,
                wall,
                failures.size(),
                failures.stream().limit(FAILURES_TOLD).toList());
    }

    private final class Caller {
        private final List<Long> nanos = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();

        void loop(AtomicInteger next, IntPredicate goesOn, Operation operation) {
            try (HttpConnection connection = new HttpConnection(api, ANSWER_MAX)) {
                for (int index = next.getAndIncrement(); goesOn.test(index); index = next.getAndIncrement()) {
                    long begun = System.nanoTime();
                    try {
                        operation.run(connection, index);
                        nanos.add(System.nanoTime() - begun);
                    } catch (IOException | WrongAnswer e) {
                        failures.add(e instanceof WrongAnswer ? String.valueOf(e.getMessage()) : e.toString());
                    }
                }
            }
        }
    }
}
