package dev.berth.scheduler.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.schemas.wire.MessageCodec;
import org.junit.jupiter.api.Test;

class NotifyFailureTest {
    private final ObjectMapper mapper = MessageCodec.mapper();

    @Test
    void stateOfAnOlderBuildHasTheTextAlone() throws Exception {
        assertThat(mapper.readValue("\"423\"", NotifyFailure.class)).isEqualTo(new NotifyFailure("423", 0, 0, 0, 0));
    }

    @Test
    void survivesARoundTrip() throws Exception {
        NotifyFailure failure = new NotifyFailure("500", 8, 1_000, 5_000, 200);

        assertThat(mapper.readValue(mapper.writeValueAsBytes(failure), NotifyFailure.class))
                .isEqualTo(failure);
    }

    @Test
    void theNextTryIsKnownUntilItsTimeIsOver() {
        NotifyFailure failure = new NotifyFailure("500", 8, 1_000, 5_000, 200);

        assertThat(failure.nextTryAtMs(5_199)).isEqualTo(5_200);
        assertThat(failure.nextTryAtMs(5_200)).isZero();
        assertThat(new NotifyFailure("500", 0, 0, 0, 0).nextTryAtMs(0)).isZero();
    }
}
