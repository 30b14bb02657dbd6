package dev.berth.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static Sample ofMillis(LongStream millis, Duration wall) {
        return new Sample(millis.map(each -> each * 1_000_000).boxed().toList(), wall, 0, List.of());
    }

    @Test
    void percentileIsTheSmallestTimeThatTheShareDoesNotExceed() {
        Sample sample = ofMillis(LongStream.rangeClosed(1, 200).map(each -> 201 - each), Duration.ofSeconds(1));

        assertThat(sample.percentile(0)).isEqualTo(Duration.ofMillis(1));
        assertThat(sample.percentile(0.5)).isEqualTo(Duration.ofMillis(100));
        assertThat(sample.percentile(0.99)).isEqualTo(Duration.ofMillis(198));
        assertThat(sample.percentile(1)).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void theMedianOfOneIsTheOne() {
        assertThat(ofMillis(LongStream.of(7), Duration.ofSeconds(1)).latency()).isEqualTo("p50 7.0 ms, p99 7.0 ms");
    }

    @Test
    void onlyRightOperationsCountForTheRate() {
        Sample sample = new Sample(List.of(1L, 2L, 3L), Duration.ofMillis(500), 9, List.of("wrong"));

        assertThat(sample.perSecond()).isEqualTo(6.0);
    }

    @Test
    void nothingAnsweredIsNoSpeed() {
        Sample sample = new Sample(List.of(), Duration.ofSeconds(1), 3, List.of("refused"));

        assertThat(sample.perSecond()).isZero();
        assertThat(sample.percentile(0.99)).isZero();
    }
}
