package dev.berth.scheduler.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.log.AppendUnknown;
import dev.berth.log.LogUnavailable;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.EventRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandClientTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final CommandId ID = new CommandId("mine");
    private static final Outcome QUIET = new Outcome.Accepted(new Reply.Quiescence(0));

    private final FakeCellLog log = new FakeCellLog();
    private final RandomHistory history = new RandomHistory(5, 10);
    private final List<CommandEnvelope> appended = new ArrayList<>();
    private CellView view;

    @BeforeEach
    void start() throws Exception {
        log.append(history.next(20));
        view = CellView.start(log, "test", 100);
        view.ready().get(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        view.close();
    }

    @Test
    void completesWithTheOutcomeOnceTheViewHasFoldedIt() throws Exception {
        CommandClient client = client(envelope -> decided(envelope, QUIET));

        Submitted submitted =
                client.submit(new RequestQuiescence(), ID, LONG, LONG).get();

        assertThat(submitted).isEqualTo(new Submitted(history.state().cell().position(), QUIET));
        assertThat(view.position()).isGreaterThanOrEqualTo(submitted.position());
    }

    @Test
    void takesFromTheStateAsItIsRightAfterTheCommandWhateverComesNext() throws Exception {
        CommandClient client = client(envelope -> {
            CompletableFuture<Long> position = decided(envelope, QUIET);
            log.append(history.next(5));
            return position;
        });

        CommandClient.Taken<Long> taken = client.submitTaking(
                        new RequestQuiescence(),
                        ID,
                        LONG,
                        LONG,
                        state -> state.cell().position())
                .get();

        assertThat(taken.value()).isEqualTo(taken.submitted().position());
        assertThat(history.state().cell().position())
                .isGreaterThan(taken.submitted().position());
    }

    @Test
    void takesNothingWhenTheCommandIsRefused() throws Exception {
        Outcome no = new Outcome.Rejected(new Rejection(RejectionReason.NODE_NOT_FOUND, "no such node"));
        CommandClient client = client(envelope -> decided(envelope, no));

        CommandClient.Taken<Long> taken = client.submitTaking(new RequestQuiescence(), ID, LONG, LONG, state -> 1L)
                .get();

        assertThat(taken.submitted().outcome()).isEqualTo(no);
        assertThat(taken.value()).isNull();
    }

    @Test
    void givesTheCommandADeadlineInTheClockOfTheLog() {
        CommandClient client = client(envelope -> new CompletableFuture<>());

        client.submit(new RequestQuiescence(), ID, Duration.ofSeconds(30), LONG);
        client.report(new RequestQuiescence());

        assertThat(appended.getFirst().notAfterMs())
                .isBetween(System.currentTimeMillis() + 20_000, System.currentTimeMillis() + 30_000);
        assertThat(appended.getLast().notAfterMs()).isZero();
    }

    @Test
    void saysNotDoneWhenNothingWasAppended() {
        CommandClient client = client(
                envelope -> CompletableFuture.failedFuture(new LogUnavailable("down", new IllegalStateException())));

        assertThatThrownBy(() ->
                        client.submit(new RequestQuiescence(), ID, LONG, LONG).get())
                .hasCauseInstanceOf(CommandFailure.NotDone.class);
        assertThatThrownBy(() -> client.report(new RequestQuiescence(), ID).get())
                .hasCauseInstanceOf(CommandFailure.NotDone.class);
        assertThat(view.waiting()).isZero();
    }

    @Test
    void stillGetsTheOutcomeOfAnAppendThatWasNotConfirmed() throws Exception {
        CommandClient client = client(envelope -> {
            decided(envelope, QUIET);
            return CompletableFuture.failedFuture(new AppendUnknown(ID, new IllegalStateException()));
        });

        assertThat(client.submit(new RequestQuiescence(), ID, LONG, LONG).get().outcome())
                .isEqualTo(QUIET);
    }

    @Test
    void saysUnknownAndHowToAskAgainWhenNoOutcomeCame() {
        CommandClient client = client(envelope ->
                CompletableFuture.failedFuture(new AppendUnknown(ID, new IllegalStateException("no answer"))));

        assertThatThrownBy(() ->
                        client.submit(new RequestQuiescence(), ID, LONG, SHORT).get())
                .hasCauseInstanceOf(CommandFailure.OutcomeUnknown.class)
                .hasMessageContaining("repeat the request with the same id");
    }

    @Test
    void saysExpiredWhenDecidedAfterItsDeadline() {
        Outcome late = new Outcome.Rejected(new Rejection(RejectionReason.EXPIRED, "decided too late"));
        CommandClient client = client(envelope -> decided(envelope, late));

        assertThatThrownBy(() ->
                        client.submit(new RequestQuiescence(), ID, LONG, LONG).get())
                .hasCauseInstanceOf(CommandFailure.Expired.class);
    }

    @Test
    void saysExpiredWhenTheLogHasPassedTheDeadlineWithoutTheCommand() {
        CommandClient client = client(envelope -> {
            EventRecord later = new EventRecord(
                    history.state().cell().position() + 1,
                    envelope.notAfterMs() + 1,
                    new CommandId("another"),
                    "Test",
                    QUIET,
                    List.of());
            log.append(later);
            return CompletableFuture.failedFuture(new AppendUnknown(ID, new IllegalStateException("no answer")));
        });

        assertThatThrownBy(() -> client.submit(new RequestQuiescence(), ID, Duration.ZERO, Duration.ofSeconds(1))
                        .get())
                .hasCauseInstanceOf(CommandFailure.Expired.class);
    }

    @Test
    void appendsNothingWhenTooManyWait() {
        CommandClient client = client(envelope -> new CompletableFuture<>());
        for (int i = 0; i < 100; i++) {
            view.awaitPosition(1_000_000, LONG);
        }

        assertThatThrownBy(() ->
                        client.submit(new RequestQuiescence(), ID, LONG, LONG).get())
                .hasCauseInstanceOf(ViewFailure.TooManyWaiters.class);
        assertThat(appended).isEmpty();
    }

    @Test
    void makesIdsThatAreVersionSevenUuidsAndSorted() {
        CommandId first = CommandIds.of(0x0123_4567_89ABL, -1, -1);

        assertThat(first.value()).isEqualTo("01234567-89ab-7fff-bfff-ffffffffffff");
        assertThat(java.util.UUID.fromString(CommandIds.next().value()).version())
                .isEqualTo(7);
        assertThat(CommandIds.next()).isNotEqualTo(CommandIds.next());
    }

    private CommandClient client(CommandClient.Appender appender) {
        return new CommandClient(
                view,
                envelope -> {
                    appended.add(envelope);
                    return appender.append(envelope);
                },
                "test");
    }

    private CompletableFuture<Long> decided(CommandEnvelope envelope, Outcome outcome) {
        EventRecord empty = history.record(List.of(), outcome);
        log.append(new EventRecord(empty.position(), empty.nowMs(), envelope.id(), "Test", outcome, List.of()));
        return CompletableFuture.completedFuture(empty.position());
    }
}
