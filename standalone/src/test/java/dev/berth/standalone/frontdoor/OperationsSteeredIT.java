package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.OperationStep.Abort;
import dev.berth.standalone.frontdoor.OperationStep.Pause;
import dev.berth.standalone.serve.Services;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Operations of every kind, one in each of its steps, when they are paused, resumed and aborted over HTTP. */
@EnabledIfSystemProperty(named = "berth.test.long", matches = "true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class OperationsSteeredIT {
    private static final Duration QUIET = Duration.ofSeconds(120);

    private BerthCluster cluster;
    private LiveCell cell;
    private Services workers;
    private HeldOperations operations;

    @BeforeAll
    void start() {
        cluster = BerthCluster.create("operations-steered");
        cell = LiveCell.around(cluster).startWithoutWorkers(64, Duration.ofSeconds(5));
        workers = cell.startWorkers();
        cell.addPageservers(4);
        operations = new HeldOperations(cell, cluster);
    }

    @AfterAll
    void stop() throws Exception {
        workers.close();
        cluster.close();
    }

    /** In each step, also in none yet; each is asked when it is there, and goes on when all know. */
    private List<HeldOperation> steered(String action, Predicate<HeldOperation> heeds) throws Exception {
        List<HeldOperation> notBegun = operations.prepare(OperationStep.notBegun());
        List<HeldOperation> begun = Stream.of(OperationStep.lasting(), OperationStep.brief())
                .map(operations::prepare)
                .flatMap(List::stream)
                .toList();
        List<HeldOperation> all =
                Stream.of(notBegun, begun).flatMap(List::stream).toList();
        operations.place(all);

        workers.close();
        HeldOperations.begin(notBegun, operation -> operation.steer(action, "lunch"));
        workers = cell.startWorkers();
        HeldOperations.begin(begun, operation -> operation.steer(action, "lunch"));
        HeldOperations.onEach(begun.stream().filter(heeds).toList(), operation -> operation.awaitTold(action));
        all.forEach(HeldOperation::release);
        return all;
    }

    @Test
    void pausedInAnyStepAnOperationHoldsWhereItCanAndIsCarriedOutWhenItIsResumed() throws Exception {
        List<HeldOperation> all = steered("pause", operation -> operation.step.pause == Pause.HOLDS);

        HeldOperations.onEach(all, operation -> {
            if (operation.step.pause == Pause.HOLDS) {
                operation.awaitState("paused");
                assertThat(operation.operation().path("waiting").asText()).isEqualTo("paused: lunch");
                operation.steer("resume", "back");
            }
            operation.awaitState("completed");
            operation.awaitDone();
        });
        operations.awaitRest(QUIET);
    }

    @Test
    void abortedInAnyStepAnOperationIsUndoneWhileThatIsPossibleAndCarriedOutAfterwards() throws Exception {
        List<HeldOperation> all = steered("abort", operation -> operation.step.abort == Abort.UNDOES);

        HeldOperations.onEach(all, operation -> {
            if (operation.step.abort == Abort.UNDOES) {
                operation.awaitState("aborted");
                JsonNode ended = operation.operation();
                assertThat(ended.path("abort_reason").asText())
                        .as(ended.toString())
                        .isEqualTo("lunch");
                operation.awaitUndone();
            } else {
                operation.awaitState("completed");
                operation.awaitDone();
            }
        });
        operations.awaitRest(QUIET);
    }
}
