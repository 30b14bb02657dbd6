package dev.berth.workflows.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace();

    @Test
    void nothingIsKnownBeforeAnythingIsDone() {
        assertThat(pace.leftMs(0, 10, 5_000)).isEmpty();

        pace.reached(3, 1_000);

        assertThat(pace.leftMs(3, 10, 5_000)).isEmpty();
    }

    @Test
    void whatIsLeftTakesAsLongAsWhatWasDone() {
        pace.reached(2, 1_000);
        pace.reached(4, 2_000);

        assertThat(pace.leftMs(6, 16, 9_000)).hasValue(20_000);
        assertThat(pace.leftMs(16, 16, 9_000)).hasValue(0);
    }

    @Test
    void countsAnewWhenLessIsDoneThanAtFirst() {
        pace.reached(7, 1_000);
        pace.reached(0, 4_000);

        assertThat(pace.leftMs(2, 4, 6_000)).hasValue(2_000);
    }
}
