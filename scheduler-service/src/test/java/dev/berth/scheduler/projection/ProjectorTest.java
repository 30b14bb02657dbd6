package dev.berth.scheduler.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.FakeCellLog;
import dev.berth.scheduler.query.RandomHistory;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.EventRecord;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectorTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final FakeCellLog log = new FakeCellLog();
    private final FakeReadModel model = new FakeReadModel();
    private final RandomHistory history = new RandomHistory(3, 30);
    private CellView view;
    private Projector projector;

    @AfterEach
    void close() {
        stop();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void equalsTheStateAfterRestartsAnywhere(long seed) throws Exception {
        Random random = new Random(seed);
        RandomHistory more = new RandomHistory(seed, 30);
        for (int life = 0; life < 6; life++) {
            log.snapshotLagsBy(random.nextInt(50));
            log.append(more.next(random.nextInt(100)));
            start();
            for (int i = 0; i < 5; i++) {
                log.append(more.next(random.nextInt(60)));
                Thread.onSpinWait();
            }
            if (random.nextBoolean()) {
                awaitApplied(more.state());
                assertThat(model.differenceTo(more.state())).isEmpty();
                assertThat(model.ended()).isEqualTo(more.ended());
            }
            stop();
        }
        start();
        log.append(more.next(1));
        awaitApplied(more.state());

        assertThat(model.differenceTo(more.state())).isEmpty();
        assertThat(model.ended()).isEqualTo(more.ended());
    }

    @Test
    void projectsTheWholeLogIntoAnEmptyReadModel() throws Exception {
        log.append(history.next(500));

        start();
        awaitApplied(history.state());

        assertThat(model.differenceTo(history.state())).isEmpty();
        assertThat(model.ended()).isEqualTo(history.ended());
    }

    @Test
    void writesManyRecordsInFewBatches() throws Exception {
        log.append(history.next(100));
        start();
        awaitApplied(history.state());
        int before = model.batches();

        log.append(history.next(5_000));
        awaitApplied(history.state());

        assertThat(model.batches() - before).isLessThan(100);
        assertThat(model.differenceTo(history.state())).isEmpty();
        assertThat(model.ended()).isEqualTo(history.ended());
    }

    @Test
    void goesOnAfterAnOutageOfTheLedger() throws Exception {
        log.append(history.next(100));
        start();
        awaitApplied(history.state());

        model.setReachable(false);
        log.append(history.next(500));
        view.catchUp(LONG).get();
        model.setReachable(true);
        awaitApplied(history.state());

        assertThat(model.differenceTo(history.state())).isEmpty();
        assertThat(model.ended()).isEqualTo(history.ended());
        assertThat(projector.isActive()).isTrue();
    }

    @Test
    void takesABatchWhoseAnswerWasLostForWritten() throws Exception {
        log.append(history.next(100));
        start();
        awaitApplied(history.state());

        model.loseAnswers(1);
        log.append(history.next(20));
        awaitApplied(history.state());
        log.append(history.next(20));
        awaitApplied(history.state());

        assertThat(projector.isActive()).isTrue();
        assertThat(model.differenceTo(history.state())).isEmpty();
        assertThat(model.ended()).isEqualTo(history.ended());
    }

    @Test
    void equalsTheStateAfterTheViewWasReadAnew() throws Exception {
        log.append(history.next(200));
        start();
        awaitApplied(history.state());

        // An event that cannot be folded on the way makes the view read a state that is ahead of what was told.
        EventRecord bad = new EventRecord(
                history.state().cell().position(),
                history.state().cell().nowMs(),
                new CommandId("bad"),
                "Test",
                new Outcome.Accepted(new Reply.Done()),
                List.of(new TenantRemoved(new TenantId(99, 99))));
        history.record(List.of(), bad.outcome());
        log.append(new EventRecord(
                history.state().cell().position(),
                history.state().cell().nowMs(),
                bad.id(),
                "Test",
                bad.outcome(),
                bad.events()));
        log.append(history.next(300));
        awaitApplied(history.state());

        assertThat(log.readings()).isGreaterThan(1);
        assertThat(model.differenceTo(history.state())).isEmpty();
        assertThat(model.ended()).isEqualTo(history.ended());
    }

    @Test
    void standsByWhileSomebodyElseProjectsAndTakesOverAfterwards() throws Exception {
        log.append(history.next(100));
        start();
        awaitApplied(history.state());
        Projector other = Projector.start(view, model);
        Awaitility.await().atMost(LONG).until(other::isActive);
        Awaitility.await().atMost(LONG).until(() -> {
            log.append(history.next(10));
            return projector.isActive() != other.isActive();
        });
        Projector working = other.isActive() ? other : projector;
        Projector standing = other.isActive() ? projector : other;

        working.close();
        log.append(history.next(50));
        Awaitility.await().atMost(LONG).until(standing::isActive);
        awaitApplied(history.state());
        other.close();

        assertThat(model.differenceTo(history.state())).isEmpty();
        assertThat(model.ended()).isEqualTo(history.ended());
    }

    private void start() throws Exception {
        view = CellView.start(log, "test", 100);
        view.ready().get(20, TimeUnit.SECONDS);
        projector = Projector.start(view, model);
    }

    private void stop() {
        if (projector != null) {
            projector.close();
            view.close();
        }
    }

    private void awaitApplied(ControllerView state) {
        Awaitility.await()
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .ignoreExceptions()
                .until(() -> model.applied().position() >= state.cell().position());
    }
}
