package dev.berth.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatheringPollTest {
    private static final TopicPartition COMMANDS = new TopicPartition("commands", 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final GatheringPoll gathering = new GatheringPoll(consumer, () -> this.nanos);
    private long nanos;
    private int polls;

    @BeforeEach
    void assign() {
        consumer.assign(List.of(COMMANDS));
        consumer.updateBeginningOffsets(Map.of(COMMANDS, 0L));
    }

    private void onNextPoll(Runnable task) {
        consumer.schedulePollTask(() -> {
            polls++;
            task.run();
        });
    }

    private void come(long... offsets) {
        for (long offset : offsets) {
            consumer.addRecord(new ConsumerRecord<>(COMMANDS.topic(), COMMANDS.partition(), offset, null, new byte[0]));
        }
    }

    private static List<Long> offsets(ConsumerRecords<byte[], byte[]> records) {
        return StreamSupport.stream(records.spliterator(), false)
                .map(ConsumerRecord::offset)
                .toList();
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        return gathering.poll(Duration.ofMillis(100));
    }

    @Test
    void whatCameAfterTheRecordsAtHandIsHandedOverWithThem() {
        onNextPoll(() -> come(0, 1));
        onNextPoll(() -> come(2, 3, 4));

        ConsumerRecords<byte[], byte[]> records = poll();

        assertThat(offsets(records)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(records.nextOffsets().get(COMMANDS).offset()).isEqualTo(5);
    }

    @Test
    void withNothingMoreTheRecordsAtHandAreTheBatch() {
        onNextPoll(() -> come(0));
        onNextPoll(() -> {});

        assertThat(offsets(poll())).containsExactly(0L);
        assertThat(polls).isEqualTo(2);
    }

    @Test
    void aRecordThatWasWaitedForWaitsForNoOther() {
        onNextPoll(() -> {
            nanos += GatheringPoll.WAITED_NANOS + 1;
            come(0);
        });
        onNextPoll(() -> come(1));

        assertThat(offsets(poll())).containsExactly(0L);
        assertThat(polls).isEqualTo(1);
        assertThat(offsets(poll())).containsExactly(1L);
    }

    @Test
    void afterABatchWithCompanyARecordWaitsForOthers() {
        onNextPoll(() -> come(0, 1, 2));
        onNextPoll(() -> {});
        onNextPoll(() -> {
            nanos += GatheringPoll.WAITED_NANOS + 1;
            come(3);
        });
        onNextPoll(() -> {
            nanos += GatheringPoll.GATHERING.toNanos() / 2;
            come(4);
        });
        onNextPoll(() -> {
            nanos += GatheringPoll.GATHERING.toNanos() / 2;
            come(5);
        });
        onNextPoll(() -> come(6));

        assertThat(offsets(poll())).containsExactly(0L, 1L, 2L);
        assertThat(offsets(poll())).containsExactly(3L, 4L, 5L);
        assertThat(polls).isEqualTo(5);
    }

    @Test
    void aFailureAfterRecordsComesAfterThem() {
        onNextPoll(() -> come(0));
        onNextPoll(() -> {
            throw new KafkaException("the group is gone");
        });

        assertThat(offsets(poll())).containsExactly(0L);
        assertThatThrownBy(this::poll).hasMessage("the group is gone");
    }

    @Test
    void whoHasLostThePartitionDoesNotGoOnWithIt() {
        onNextPoll(() -> come(0));
        onNextPoll(() -> consumer.assign(List.of()));

        assertThat(poll()).isEmpty();
    }
}
