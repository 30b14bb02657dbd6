package dev.berth.scheduler.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.log.TestBroker;
import dev.berth.log.TopicSetup;
import dev.berth.schemas.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellViewIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final AtomicInteger CELLS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static TestBroker broker;

    private final RandomHistory history = new RandomHistory(11, 40);
    private Topics topics;
    private TestWriter writer;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new TestBroker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newCell() {
        topics = new Topics("view" + CELLS.incrementAndGet());
        TopicSetup.ensure(broker.clients(), topics, LONG);
        writer = new TestWriter(broker.bootstrapServers(), topics);
    }

    @AfterEach
    void closeWriter() {
        writer.close();
    }

    @Test
    void startsFromTheChangelogAndFollowsTheEvents() throws Exception {
        for (int i = 0; i < 20; i++) {
            writer.commit(history.next(25));
        }
        try (CellView view = start()) {
            awaitWritten(view);
            CellViewTest.assertSame(view.state(), history.state());

            writer.abort(new RandomHistory(12, 40).next(5));
            for (int i = 0; i < 20; i++) {
                writer.commit(history.next(25));
            }
            awaitWritten(view);

            CellViewTest.assertSame(view.state(), history.state());
            assertThat(view.health().status()).isEqualTo(ViewHealth.Status.LIVE);
        }
    }

    @Test
    void catchingUpReachesWhatAnotherViewHasShown() throws Exception {
        writer.commit(history.next(100));
        try (CellView first = start();
                CellView second = start()) {
            for (int i = 0; i < 50; i++) {
                writer.commit(history.next(5));
                awaitWritten(first);

                second.catchUp(LONG).get();

                assertThat(second.position()).isEqualTo(first.position());
            }
        }
    }

    @Test
    void equalsTheStateWhileTheWriterGoesOn() throws Exception {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 200; i++) {
                writer.commit(history.next(10));
            }
        });
        for (int i = 0; i < 3; i++) {
            try (CellView view = start()) {
                view.catchUp(LONG).get();
            }
        }
        try (CellView view = start()) {
            writing.get();
            awaitWritten(view);
            CellViewTest.assertSame(view.state(), history.state());
        }
    }

    @Test
    void servesThroughAnOutageOfTheBrokerAndCatchesUpAfterwards() throws Exception {
        writer.commit(history.next(100));
        try (CellView view = start()) {
            awaitWritten(view);
            broker.stop();

            assertThatThrownBy(() -> view.catchUp(Duration.ofMillis(300)).get());
            CellViewTest.assertSame(view.state(), history.state());
            Awaitility.await().atMost(LONG).until(() -> view.health().status() == ViewHealth.Status.STALE);

            broker.start();
            writer.close();
            writer = new TestWriter(broker.bootstrapServers(), topics);
            Awaitility.await().atMost(LONG).ignoreExceptions().until(() -> {
                view.catchUp(Duration.ofSeconds(1)).get();
                return true;
            });
            Awaitility.await().atMost(LONG).until(() -> view.health().status() == ViewHealth.Status.LIVE);
            CellViewTest.assertSame(view.state(), history.state());
        }
    }

    /** A commit is answered before its markers reach the partitions: only then do readers see it. */
    private void awaitWritten(CellView view) throws Exception {
        view.awaitPosition(history.state().cell().position(), LONG).get();
    }

    private CellView start() throws Exception {
        CellView view = CellView.start(new CellViewOptions(broker.bootstrapServers(), topics, "test"));
        view.ready().get(LONG.toSeconds(), TimeUnit.SECONDS);
        return view;
    }
}
