package dev.berth.scheduler.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.event.NodeSchedulingChanged;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.EventRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellViewTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Outcome DONE = new Outcome.Accepted(new Reply.Done());

    private final FakeCellLog log = new FakeCellLog();
    private final RandomHistory history = new RandomHistory(1, 20);
    private CellView view;

    @AfterEach
    void close() {
        if (view != null) {
            view.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void equalsTheFoldOfAllEventsWhereverTheStateWasRead(long seed) throws Exception {
        RandomHistory random = new RandomHistory(seed, 30);
        log.append(random.next((int) (seed * 37 % 200)));
        log.snapshotLagsBy((int) (seed * 11 % 30));
        start();

        log.append(random.next(300));
        view.awaitPosition(random.state().cell().position(), LONG).get();

        assertSame(view.state(), random.state());
    }

    @Test
    void foldsFromTheBeginningWhenThereIsNoState() throws Exception {
        log.append(history.next(50));
        log.snapshotLagsBy(1_000);

        start();

        assertSame(view.state(), history.state());
    }

    @Test
    void isReadyOnAnEmptyLogAndFollowsItsFirstRecord() throws Exception {
        start();
        assertThat(view.position()).isEqualTo(-1);

        log.append(history.next());
        view.awaitPosition(0, LONG).get();

        assertThat(view.state().cell().name()).isEqualTo("berth");
    }

    @Test
    void answersNothingBeforeTheStateWasRead() throws Exception {
        log.append(history.next(20));
        log.setReachable(false);
        view = CellView.start(log, "test", 100);

        assertThatThrownBy(() -> view.state()).isInstanceOf(ViewFailure.NotReady.class);
        assertThat(view.health().status()).isEqualTo(ViewHealth.Status.STARTING);

        log.setReachable(true);
        view.ready().get(20, TimeUnit.SECONDS);
        assertSame(view.state(), history.state());
    }

    @Test
    void noticesEventsMissingBetweenTheStateAndTheFirstEventMet() throws Exception {
        log.append(history.next(100));
        log.snapshotLagsBy(20);
        log.loseAtSeam(99);

        start();

        assertThat(log.readings()).isGreaterThan(1);
        assertSame(view.state(), history.state());
    }

    @Test
    void keepsServingTheStateBeforeAnEventThatCannotBeFolded() throws Exception {
        log.append(history.next(100));
        start();
        ControllerView before = view.state();
        long position = view.position();
        TenantId someone = before.tenants().firstKey();
        // First a change that can be folded, then one that cannot: none of it may show.
        log.snapshotLagsBy(1);
        log.append(new EventRecord(
                position + 1,
                before.cell().nowMs(),
                new CommandId("bad"),
                "Test",
                DONE,
                List.of(new TenantRemoved(someone), new TenantRemoved(new TenantId(99, 99)))));

        await(() -> log.readings() > 1);

        assertThat(view.state()).isSameAs(before);
        assertThat(view.position()).isEqualTo(position);
        assertThat(before.tenant(someone)).isNotNull();
        assertThat(view.health().status()).isEqualTo(ViewHealth.Status.REBUILDING);
        assertThat(view.health().detail()).contains("unknown tenant");
    }

    @Test
    void goesOnWithTheStateReadAnewAfterAnEventThatCannotBeFolded() throws Exception {
        log.append(history.next(100));
        start();
        long position = view.position();
        CompletableFuture<Void> passed = view.awaitPosition(position + 1, LONG);
        CompletableFuture<Submitted> outcome =
                view.awaitOutcome(new CommandId("bad"), LONG, IllegalStateException::new);
        List<Long> heard = new CopyOnWriteArrayList<>();
        view.subscribe((EventRecord record) -> heard.add(record.position()));

        log.append(new EventRecord(
                position + 1,
                view.now(),
                new CommandId("bad"),
                "Test",
                DONE,
                List.of(new TenantRemoved(new TenantId(99, 99)))));
        passed.get();

        assertThat(outcome.get()).isEqualTo(new Submitted(position + 1, DONE));
        assertThat(heard).containsExactly(position + 1);
        assertThat(view.position()).isEqualTo(position + 1);
    }

    @Test
    void keepsAnsweringThroughAnOutageAndSaysSo() throws Exception {
        log.append(history.next(60));
        start();

        log.setReachable(false);

        assertThatThrownBy(() -> view.catchUp(Duration.ofMillis(100)).get()).isInstanceOf(ExecutionException.class);
        assertSame(view.state(), history.state());
        log.append(history.next(10));
        log.setReachable(true);
        view.catchUp(LONG).get();
        assertSame(view.state(), history.state());
    }

    @Test
    void completesAWaiterAtOnceWhenItsConditionHolds() throws Exception {
        log.append(history.next(30));
        start();

        CompletableFuture<NodeId> node = view.awaitNode(
                NodeId.of(1),
                state -> Optional.ofNullable(state.node(NodeId.of(1))).map(one -> one.id()),
                LONG,
                IllegalStateException::new);

        assertThat(node).isCompletedWithValue(NodeId.of(1));
        assertThat(view.waiting()).isZero();
    }

    @Test
    void evaluatesAConditionOnlyWhenItsAggregateWasTouched() throws Exception {
        log.append(history.next(30));
        start();
        AtomicInteger evaluations = new AtomicInteger();
        CompletableFuture<Boolean> paused = view.awaitNode(
                NodeId.of(2),
                state -> {
                    evaluations.incrementAndGet();
                    boolean done = state.node(NodeId.of(2)).scheduling() == NodeSchedulingPolicy.PAUSE;
                    return done ? Optional.of(true) : Optional.empty();
                },
                LONG,
                IllegalStateException::new);
        int before = evaluations.get();

        log.append(record(new NodeSchedulingChanged(NodeId.of(1), NodeSchedulingPolicy.PAUSE)));
        log.append(record(new NodeSchedulingChanged(NodeId.of(3), NodeSchedulingPolicy.PAUSE)));
        log.append(record(new NodeSchedulingChanged(NodeId.of(2), NodeSchedulingPolicy.PAUSE)));

        assertThat(paused.get()).isTrue();
        assertThat(evaluations.get() - before).isEqualTo(1);
    }

    @Test
    void failsAWaiterWithTheGivenErrorWhenItsTimeIsUp() throws Exception {
        log.append(history.next(30));
        start();

        CompletableFuture<Boolean> never = view.awaitNode(
                NodeId.of(1),
                state -> Optional.empty(),
                Duration.ofMillis(20),
                () -> new IllegalStateException("too late"));

        assertThatThrownBy(never::get).hasRootCauseMessage("too late");
        assertThat(view.waiting()).isZero();
    }

    @Test
    void failsAWaiterWhoseConditionThrows() throws Exception {
        log.append(history.next(30));
        start();

        CompletableFuture<Boolean> gone = view.awaitTenant(
                new TenantId(9, 9),
                state -> {
                    throw new IllegalArgumentException("gone");
                },
                LONG,
                IllegalStateException::new);

        assertThatThrownBy(gone::get).hasRootCauseMessage("gone");
    }

    @Test
    void boundsTheNumberOfWaiters() throws Exception {
        log.append(history.next(30));
        view = CellView.start(log, "test", 2);
        view.ready().get(20, TimeUnit.SECONDS);
        view.awaitPosition(1_000_000, LONG);
        view.awaitNode(NodeId.of(1), state -> Optional.empty(), LONG, IllegalStateException::new);

        assertThatThrownBy(() -> view.awaitTenant(
                        new TenantId(1, 1), state -> Optional.empty(), LONG, IllegalStateException::new))
                .isInstanceOf(ViewFailure.TooManyWaiters.class);
    }

    @Test
    void failsWaitersWhenItCloses() throws Exception {
        start();
        CompletableFuture<Void> waiting = view.awaitPosition(1_000_000, LONG);

        view.close();

        assertThatThrownBy(waiting::get).hasCauseInstanceOf(ViewFailure.Closed.class);
    }

    @Test
    void showsWhatACompletedWaitPromised() throws Exception {
        log.append(history.next(30));
        start();
        for (int i = 0; i < 200; i++) {
            EventRecord record = history.next();
            CompletableFuture<Submitted> outcome = view.awaitOutcome(record.id(), LONG, IllegalStateException::new);
            log.append(record);

            assertThat(outcome.get().position()).isEqualTo(record.position());
            assertThat(view.position()).isGreaterThanOrEqualTo(record.position());
        }
        assertSame(view.state(), history.state());
    }

    @Test
    void failsBehindWhenAPositionIsNotReachedInTime() throws Exception {
        start();

        assertThatThrownBy(() -> view.awaitPosition(5, Duration.ofMillis(20)).get())
                .hasCauseInstanceOf(ViewFailure.Behind.class);
    }

    @Test
    void estimatesStateTimeFromTheLastEvent() throws Exception {
        log.append(history.next(30));
        start();
        long last = history.state().cell().nowMs();

        assertThat(view.now()).isBetween(last, last + 60_000);
    }

    @Test
    void tellsSubscribersEveryRecordOnceInOrder() throws Exception {
        log.append(history.next(30));
        start();
        List<Long> heard = new CopyOnWriteArrayList<>();
        view.subscribe((EventRecord record) -> heard.add(record.position()));

        List<EventRecord> more = new ArrayList<>(history.next(100));
        log.append(more);
        view.catchUp(LONG).get();

        assertThat(heard)
                .containsExactlyElementsOf(
                        more.stream().map(EventRecord::position).toList());
    }

    private EventRecord record(dev.berth.schemas.event.Event event) {
        return history.record(List.of(event), DONE);
    }

    private void start() throws InterruptedException, ExecutionException, TimeoutException {
        view = CellView.start(log, "test", CellViewOptions.WAITERS_MAX);
        view.ready().get(20, TimeUnit.SECONDS);
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        org.awaitility.Awaitility.await().atMost(LONG).until(condition::getAsBoolean);
    }

    static void assertSame(ControllerView actual, ControllerView expected) {
        assertThat(actual.cell()).isEqualTo(expected.cell());
        assertThat(actual.nodes()).isEqualTo(expected.nodes());
        assertThat(actual.tenants()).isEqualTo(expected.tenants());
        assertThat(actual.operations()).isEqualTo(expected.operations());
        assertThat(actual.automaticSplits()).isEqualTo(expected.automaticSplits());
        assertThat(actual.totals()).isEqualTo(expected.totals());
        for (NodeId node : expected.nodes().keySet()) {
            assertThat(actual.shardsOn(node)).isEqualTo(expected.shardsOn(node));
            assertThat(actual.digestOf(node)).isEqualTo(expected.digestOf(node));
        }
    }
}
