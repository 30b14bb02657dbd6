package dev.berth.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchTest {
    private final Batch batch = new Batch();

    @Test
    void aLoneCommandIsABatch() {
        batch.fetched(0);
        assertThat(batch.endsWith(0, 0)).isTrue();

        batch.fetched(7);
        assertThat(batch.endsWith(7, 0)).isTrue();
    }

    @Test
    void whatWasFetchedTogetherIsABatch() {
        for (int position = 0; position <= 5; position++) {
            batch.fetched(position);
        }

        for (int position = 0; position < 5; position++) {
            assertThat(batch.endsWith(position, 0)).isFalse();
        }
        assertThat(batch.endsWith(5, 0)).isTrue();
    }

    @Test
    void aBacklogIsCutIntoBatches() {
        batch.fetched(10_000);

        for (int position = 1; position <= 3 * Batch.COMMANDS_MAX; position++) {
            assertThat(batch.endsWith(position, 0)).isEqualTo(position % Batch.COMMANDS_MAX == 0);
        }
    }

    @Test
    void whatWasAppliedWaitsNoLongerThanItsBound() {
        long bound = Batch.WAIT_MAX.toNanos();
        batch.fetched(10_000);

        assertThat(batch.endsWith(1, 5)).isFalse();
        assertThat(batch.endsWith(2, 4 + bound)).isFalse();
        assertThat(batch.endsWith(3, 5 + bound)).isTrue();
        assertThat(batch.endsWith(4, 6 + bound)).isFalse();
    }
}
