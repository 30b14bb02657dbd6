package dev.berth.workflows.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.failure.ApplicationFailure;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void reasonIsTheInnermostOne() {
        Throwable failure = new IllegalStateException("a step failed", Failures.refused("node 2 is full"));

        assertThat(Failures.reason(failure)).isEqualTo("node 2 is full");
    }

    @Test
    void causesWithoutAWordAreNoReason() {
        ApplicationFailure closed = ApplicationFailure.newFailure("", ClosedChannelException.class.getName());
        Throwable failure = ApplicationFailure.newFailureWithCause("node 2: no connection", "Lost", closed);

        assertThat(Failures.reason(failure)).isEqualTo("node 2: no connection");
        assertThat(Failures.reason(new ClosedChannelException())).isEqualTo("ClosedChannelException");
    }
}
