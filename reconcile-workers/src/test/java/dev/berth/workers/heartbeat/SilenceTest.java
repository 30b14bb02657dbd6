package dev.berth.workers.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** P18: what counts as silence of a node. */
class SilenceTest {
    private static final NodeId NODE = NodeId.of(1);
    private static final long BEGIN = Long.MAX_VALUE - 1_000;

    private final HeapControllerState state = new HeapControllerState();
    private final Silence silence = new Silence(BEGIN, Duration.ofSeconds(30));

    SilenceTest() {
        ControllerEvolver.evolve(
                state,
                new NodeRegistered(new NodeRegistration(NODE, "pg", 6400, "127.0.0.1", 9898, null, null, null, "a")));
    }

    private Node node(NodeAvailability availability, long sinceMs) {
        ControllerEvolver.evolve(state, new NodeAvailabilityChanged(NODE, availability, "test", sinceMs));
        return Objects.requireNonNull(state.node(NODE));
    }

    private static long at(int seconds) {
        return BEGIN + Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void lastsSinceTheLastGoodAnswer() {
        Node active = node(NodeAvailability.ACTIVE, 1);
        silence.failed("refused");
        assertThat(silence.length(active, at(4))).isEqualTo(Duration.ofSeconds(4));

        silence.answered(at(5));
        assertThat(silence.failure()).isNull();

        silence.failed("refused");
        assertThat(silence.length(active, at(8))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void whatWasBeforeAWarmUpDoesNotCount() {
        silence.failed("refused");
        assertThat(silence.length(node(NodeAvailability.ACTIVE, 1), at(20))).isEqualTo(Duration.ofSeconds(20));

        Node warmingUp = node(NodeAvailability.WARMING_UP, 2);
        assertThat(silence.length(warmingUp, at(21))).isZero();
        assertThat(silence.length(warmingUp, at(24))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void timeInWhichNobodyListenedDoesNotCount() {
        Node active = node(NodeAvailability.ACTIVE, 1);
        silence.failed("timed out");

        silence.forgive(Duration.ofSeconds(6), at(8));

        assertThat(silence.length(active, at(8))).isEqualTo(Duration.ofSeconds(2));
        silence.forgive(Duration.ofSeconds(6), at(9));
        assertThat(silence.length(active, at(9))).isZero();
    }

    @Test
    void aProberThatHardlyEverRunsFindsOutAllTheSame() {
        Node active = node(NodeAvailability.ACTIVE, 1);
        silence.failed("refused");

        for (int second = 1; second <= 100; second++) {
            silence.forgive(Duration.ofSeconds(1), at(second));
        }

        assertThat(silence.length(active, at(100))).isEqualTo(Duration.ofSeconds(70));
        silence.answered(at(100));
        silence.forgive(Duration.ofSeconds(5), at(110));
        assertThat(silence.length(active, at(110))).isEqualTo(Duration.ofSeconds(5));
    }
}
