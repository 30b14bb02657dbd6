package dev.berth.standalone.bench;

import dev.berth.standalone.bench.Callers.Operation;
import dev.berth.standalone.bench.HttpConnection.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Pageservers that never stop asking: every few milliseconds whether generations are valid, and some times a second, as one
 * that starts, what it shall hold. Every answer counts, whatever is dead meanwhile.
 */
final class Upcalls implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
    private static final Duration BETWEEN_VALIDATES = Duration.ofMillis(5);
    /** Each is a command that waits in the log for the scheduler: more of them would measure how fast it works them off. */
    private static final Duration BETWEEN_REATTACHES = Duration.ofMillis(250);

    private static final int FAILURES_TOLD = 3;
    private static final long EXTRA_NODE = 999_999;

    private final URI api;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Thread> callers = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final long begun = System.nanoTime();

    private Upcalls(URI api) {
        this.api = api;
    }

    static Upcalls start(BenchCell cell) {
        Upcalls upcalls = new Upcalls(cell.uri());
        List<Validation> questions = Validation.about(cell, 20, 10);
        upcalls.repeat(
                BETWEEN_VALIDATES,
                (connection, index) -> questions.get(index % questions.size()).ask(connection));
        upcalls.repeat(BETWEEN_REATTACHES, (connection, index) -> reattach(connection));
        return upcalls;
    }

    /** As a node that nobody else knows and that holds nothing. */
    private static void reattach(HttpConnection connection) throws IOException, WrongAnswer {
        Answer answer = connection.call("POST", "/upcall/v1/re-attach", """
                {"node_id": %d, "register": {"node_id": %d, "listen_pg_addr": "127.0.0.1", "listen_pg_port": 1,
                 "listen_http_addr": "127.0.0.1", "listen_http_port": 1, "listen_https_port": null,
                 "availability_zone_id": "zone-extra"}}""".formatted(EXTRA_NODE, EXTRA_NODE));
        boolean isRight =
                answer.status() == 200 && answer.json().path("tenants").isEmpty();
        WrongAnswer.unless(isRight, "re-attach of a node without shards", answer);
    }

    private void repeat(Duration pause, Operation operation) {
        callers.add(Thread.ofVirtual().start(() -> {
            try (HttpConnection connection = new HttpConnection(api, ANSWER_MAX)) {
                int index = 0;
                do {
                    call(connection, operation, index++);
                } while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void call(HttpConnection connection, Operation operation, int index) {
        long called = System.nanoTime();
        try {
            operation.run(connection, index);
            synchronized (nanos) {
                nanos.add(System.nanoTime() - called);
            }
        } catch (IOException | WrongAnswer e) {
            synchronized (nanos) {
                failures.add(String.valueOf(e instanceof WrongAnswer ? e.getMessage() : e.toString()));
            }
        }
    }

    /** Ends them and tells how they were answered. */
    Sample stop() throws InterruptedException {
        stopped.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        synchronized (nanos) {
            Duration wall = Duration.ofNanos(System.nanoTime() - begun);
            return new Sample(
                    nanos,
                    wall,
                    failures.size(),
                    failures.stream().limit(FAILURES_TOLD).toList());
        }
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
