package dev.berth.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class CommandLogTest {
    private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
    private CompletableFuture<Long> end = CompletableFuture.completedFuture(0L);
    private final CommandLog log =
            new CommandLog(new Topics("test"), this::producer, () -> end, () -> {}, Duration.ofMillis(100));

    @Test
    void brokenProducerIsReplaced() {
        producers.getFirst().sendException = new KafkaException("in an error state");

        assertThat(append().exceptionNow()).isInstanceOf(LogUnavailable.class);

        CompletableFuture<Long> next = append();
        producers.getLast().completeNext();
        assertThat(producers).hasSize(2);
        assertThat(next).isCompletedWithValue(0L);
    }

    @Test
    void noAcknowledgementIsUnknown() {
        CompletableFuture<Long> position = append();

        producers.getFirst().errorNext(new TimeoutException("expired"));

        assertThat(position.exceptionNow()).isInstanceOf(AppendUnknown.class).hasMessageContaining("c1");
    }

    @Test
    void tooFewReplicasMeanNotAppended() {
        CompletableFuture<Long> position = append();

        producers.getFirst().errorNext(new NotEnoughReplicasException("one of two"));

        assertThat(position.exceptionNow()).isInstanceOf(LogUnavailable.class);
    }

    @Test
    void afterAFailureNothingIsSentUntilTheLogAnswers() {
        append();
        producers.getFirst().errorNext(new TimeoutException("expired"));

        end = CompletableFuture.failedFuture(new LogUnavailable("no broker", new TimeoutException()));
        CompletableFuture<Long> refused = append();
        int sentMeanwhile = producers.getFirst().history().size();
        end = CompletableFuture.completedFuture(7L);
        append();

        assertThat(refused.exceptionNow()).isInstanceOf(LogUnavailable.class);
        assertThat(sentMeanwhile).isEqualTo(1);
        assertThat(producers.getFirst().history()).hasSize(2);
    }

    @Test
    void questionThatIsNotAnsweredInTimeMeansNotAppended() {
        end = new CompletableFuture<>();
        CompletableFuture<Long> refused = append();

        assertThat(refused)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(LogUnavailable.class);

        end.complete(7L);
        assertThat(producers.getFirst().history()).isEmpty();
    }

    private CompletableFuture<Long> append() {
        return log.append(new CommandEnvelope(new CommandId("c1"), 0, "test", new RequestQuiescence()));
    }

    private MockProducer<byte[], byte[]> producer() {
        producers.add(new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()));
        return producers.getLast();
    }
}
