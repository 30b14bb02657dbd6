package dev.berth.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SparseOffsetsTest {
    private final SparseOffsets offsets = new SparseOffsets(() -> this.nanos);
    private long nanos = Long.MAX_VALUE - 5;

    @Test
    void theFirstTransactionCarriesThemAndThenOneInAnInterval() {
        assertThat(offsets.areDue()).isTrue();
        assertThat(offsets.areDue()).isFalse();
        nanos += SparseOffsets.INTERVAL.toNanos() - 1;
        assertThat(offsets.areDue()).isFalse();
        nanos++;
        assertThat(offsets.areDue()).isTrue();
        assertThat(offsets.areDue()).isFalse();
    }
}
