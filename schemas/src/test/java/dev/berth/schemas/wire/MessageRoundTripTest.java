package dev.berth.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Json;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.id.OperationId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageRoundTripTest {
    private static final int MESSAGES_PER_TYPE = 200;

    static List<Class<?>> messages() {
        return WireTypes.messages();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void anyMessageSurvivesARoundTrip(Class<?> type) {
        for (int seed = 0; seed < MESSAGES_PER_TYPE; seed++) {
            Object message = new RandomMessages(seed).next(type);
            byte[] json = Wire.encode(message);

            Object decoded = Wire.decode(json, type);

            assertThat(decoded).as("seed %d", seed).isEqualTo(message);
            assertThat(Json.parse(Wire.encode(decoded))).as("seed %d", seed).isEqualTo(Json.parse(json));
        }
    }

    /** An operation without a reason for its abort was completed: nobody may read the one as the other. */
    @Test
    void anEmptyReasonIsStillAReason() {
        OperationEnded aborted = new OperationEnded(new OperationId(7), "", 1, null);
        assertThat(Wire.decode(Wire.encode(aborted), OperationEnded.class)).isEqualTo(aborted);
    }
}
