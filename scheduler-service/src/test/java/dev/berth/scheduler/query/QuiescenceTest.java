package dev.berth.scheduler.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.ledger.OutboxRow;
import dev.berth.log.LogUnavailable;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuiescenceTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Outcome QUIET = new Outcome.Accepted(new Reply.Quiescence(3));

    private final FakeCellLog log = new FakeCellLog();
    private final RandomHistory history = new RandomHistory(5, 10);
    private final List<CommandEnvelope> appended = new CopyOnWriteArrayList<>();
    private final AtomicLong highest = new AtomicLong();
    private final AtomicLong relayed = new AtomicLong();
    private final CountDownLatch looked = new CountDownLatch(1);
    private CellView view;
    private Quiescence quiescence;

    @BeforeEach
    void start() throws Exception {
        log.append(history.next(20));
        view = CellView.start(log, "test", 100);
        view.ready().get(20, TimeUnit.SECONDS);
        CommandClient client = new CommandClient(view, this::decide, "test");
        quiescence = new Quiescence(client, new Quiescence.Facts() {
            @Override
            public long highest() {
                long number = highest.get();
                looked.countDown();
                return number;
            }

            @Override
            public boolean areRelayedUpTo(long number) {
                return relayed.get() >= number;
            }
        });
    }

    @AfterEach
    void close() {
        quiescence.close();
        view.close();
    }

    @Test
    void asksOnlyAfterEverythingToldToTheLedgerHasBeenRelayed() throws Exception {
        highest.set(7);
        CompletableFuture<Submitted> asked = quiescence.request(LONG);
        assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(appended).isEmpty();

        // What is told to the ledger later is not waited for.
        highest.set(9);
        relayed.set(7);

        assertThat(asked.get().outcome()).isEqualTo(QUIET);
        assertThat(appended)
                .singleElement()
                .extracting(CommandEnvelope::command)
                .isInstanceOf(RequestQuiescence.class);
    }

    @Test
    void asksAtOnceWhenNothingWaits() throws Exception {
        assertThat(quiescence.request(LONG).get().outcome()).isEqualTo(QUIET);
    }

    @Test
    void saysWhatWasNotRelayedInTime() {
        highest.set(7);

        assertThatThrownBy(() -> quiescence.request(Duration.ofMillis(50)).get())
                .hasCauseInstanceOf(Quiescence.NotRelayed.class)
                .hasMessageContaining("fact 7");
        assertThat(appended).isEmpty();
    }

    @Test
    void appendsFactsInOrderUnderTheirOwnIds() throws Exception {
        OutboxToLog sink = new OutboxToLog(this::record);

        sink.publish(List.of(row(1), row(2), row(3)));

        assertThat(appended)
                .extracting(CommandEnvelope::id)
                .containsExactly(new CommandId("fact-1"), new CommandId("fact-2"), new CommandId("fact-3"));
    }

    @Test
    void appendsNothingBehindAFactThatWasRefused() {
        OutboxToLog sink = new OutboxToLog(envelope -> appended.isEmpty()
                ? record(envelope)
                : CompletableFuture.failedFuture(new LogUnavailable("down", new IllegalStateException())));

        assertThatThrownBy(() -> sink.publish(List.of(row(1), row(2), row(3))))
                .hasCauseInstanceOf(LogUnavailable.class);
        assertThat(appended).extracting(CommandEnvelope::id).containsExactly(new CommandId("fact-1"));
    }

    private static OutboxRow row(int number) {
        var command = number == 1
                ? new ReportNodeRegistered(RandomHistory.registration(1))
                : new ReportNodeReattached(NodeId.of(1), number);
        CommandId id = new CommandId("fact-" + number);
        byte[] bytes = MessageCodec.encode(new CommandEnvelope(id, 0, "ledger", command));
        return new OutboxRow(number, id, new String(bytes, StandardCharsets.UTF_8));
    }

    private CompletableFuture<Long> record(CommandEnvelope envelope) {
        appended.add(envelope);
        return CompletableFuture.completedFuture((long) appended.size());
    }

    private CompletableFuture<Long> decide(CommandEnvelope envelope) {
        appended.add(envelope);
        EventRecord empty = history.record(List.of(), QUIET);
        log.append(new EventRecord(empty.position(), empty.nowMs(), envelope.id(), "Test", QUIET, List.of()));
        return CompletableFuture.completedFuture(empty.position());
    }
}
