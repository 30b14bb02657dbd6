package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.OwnParts;
import dev.berth.standalone.frontdoor.HeldOperation.Loss;
import dev.berth.standalone.frontdoor.OperationStep.Kind;
import dev.berth.standalone.parts.TemporalBinary;
import dev.berth.standalone.serve.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations of every kind, one in each of its steps, when Temporal, the scheduler, the workers and pageservers are killed (behaviour 14,
 * rows 9 to 24 and 33 to 36; P22). All are held at once, so that one death meets every step.
 */
@EnabledIfSystemProperty(named = "berth.test.long", matches = "true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
class OperationsKilledIT {
    private static final Duration QUIET = Duration.ofSeconds(120);

    private OwnParts parts;
    private TemporalBinary temporal;
    private BerthCluster cluster;
    private BerthProcesses processes;
    private LiveCell cell;
    private HeldOperations operations;

    @BeforeAll
    void start(@TempDir Path folder) {
        Optional<TemporalBinary> binary = TemporalBinary.find();
        assumeTrue(binary.isPresent(), "no temporal program on the PATH or in the cache; `./berth up` fetches it");
        temporal = binary.orElseThrow();
        parts = new OwnParts(folder).withTemporalDown();
        parts.startTemporal(temporal);
        cluster = BerthCluster.on(parts, "operations-killed");
        cell = LiveCell.around(cluster);
        processes = cluster.closing(new BerthProcesses(
                cluster,
                cell.port(),
                cell.computes.baseUri(),
                List.of("--node-operations", "32", "--max-offline-interval", "5s")));
        processes.startAll();
        cell.addPageservers(4);
        operations = new HeldOperations(cell, cluster);
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
            parts.close();
        }
    }

    @Test
    void operationsThatAreKilledInAnyStepGoOnAndAreCarriedOut() {
        List<HeldOperation> lasting = operations.prepare(OperationStep.lasting());
        List<HeldOperation> withoutTemporal = operations.prepare(OperationStep.notBegun());
        List<HeldOperation> withoutWorkers = operations.prepare(OperationStep.notBegun());
        List<HeldOperation> brief = operations.prepare(OperationStep.brief());
        List<HeldOperation> briefAgain = operations.prepare(OperationStep.brief());
        List<HeldOperation> all = Stream.of(lasting, withoutTemporal, withoutWorkers, brief, briefAgain)
                .flatMap(List::stream)
                .toList();
        operations.place(all);

        HeldOperations.begin(lasting);
        HeldOperations.begin(brief);
        parts.killTemporal();
        HeldOperations.begin(withoutTemporal);
        parts.startTemporal(temporal);

        HeldOperations.begin(briefAgain);
        processes.kill(Role.SCHEDULER);
        processes.kill(Role.WORKERS);
        processes.restart(Role.SCHEDULER);
        HeldOperations.begin(withoutWorkers);
        all.forEach(HeldOperation::release);
        processes.restart(Role.WORKERS);

        HeldOperations.onEach(all, operation -> operation.awaitState("completed"));
        HeldOperations.onEach(all, HeldOperation::awaitDone);
        operations.awaitRest(QUIET);
    }

    /** The effect is there, and the state machine, which is to decide what follows from it, is not. */
    @Test
    void operationsThatAreKilledBetweenAnEffectAndItsCommandGoOn() {
        Map<OperationStep, String> commands = Map.of(
                OperationStep.MIGRATION_CATCH_UP, "cut over",
                OperationStep.MIGRATION_SETTLE_DESTINATION, "complete",
                OperationStep.SPLIT_COMMIT, "tell state machine",
                OperationStep.TENANT_DELETION_REMOVE_ROWS, "complete",
                OperationStep.NODE_DELETION_WRITE_TOMBSTONE, "complete");
        List<HeldOperation> all =
                operations.prepare(commands.keySet().stream().sorted().toList());
        operations.place(all);
        HeldOperations.begin(all);

        processes.kill(Role.SCHEDULER);
        all.forEach(HeldOperation::release);
        HeldOperations.onEach(
                all,
                operation -> await(operation + " is at its command")
                        .atMost(LiveCell.BOUND)
                        .until(() -> operation.run().path("step").asText().equals(commands.get(operation.step))));
        processes.kill(Role.WORKERS);
        processes.restart(Role.SCHEDULER);
        processes.restart(Role.WORKERS);

        HeldOperations.onEach(all, operation -> operation.awaitState("completed"));
        HeldOperations.onEach(all, HeldOperation::awaitDone);
        operations.awaitRest(QUIET);
    }

    @Test
    void operationsWhosePageserverIsKilledInAnyStepEndAndLeaveTheirShardsServed() {
        List<HeldOperation> attached = operations.prepare(OperationStep.withAnAttachment());
        List<HeldOperation> copies = operations.prepare(OperationStep.withACopy());
        List<HeldOperation> all =
                Stream.of(attached, copies).flatMap(List::stream).toList();
        operations.place(attached, Loss.ATTACHMENT);
        operations.place(copies, Loss.COPY);
        HeldOperations.begin(all);
        List<SimulatedPageserver> lost = all.stream()
                .map(operation -> cell.pageserver(operation.lost()))
                .distinct()
                .toList();

        lost.forEach(SimulatedPageserver::kill);
        all.forEach(HeldOperation::release);

        // A node is not emptied while the only copy of its shard is away.
        Map<Boolean, List<HeldOperation>> waits =
                all.stream().collect(Collectors.partitioningBy(OperationsKilledIT::needsTheLost));
        HeldOperations.onEach(waits.get(false), OperationsKilledIT::awaitEndedRightly);
        lost.stream()
                .filter(node -> cell.get("/control/v1/node/" + node.id()).status() == 200)
                .forEach(node -> {
                    node.start();
                    cell.awaitAvailability(node.id(), "Active");
                });
        HeldOperations.onEach(waits.get(true), OperationsKilledIT::awaitEndedRightly);
        operations.awaitRest(QUIET);
    }

    private static boolean needsTheLost(HeldOperation operation) {
        return operation.lost() == HeldOperation.LOST
                && List.of(Kind.NODE_DRAIN, Kind.NODE_DELETE).contains(operation.step.kind);
    }

    /** Carried out, or undone with a reason. */
    private static void awaitEndedRightly(HeldOperation operation) {
        boolean isCarriedOut = "completed".equals(operation.awaitEnded());
        JsonNode ended = operation.operation();
        assertThat(ended.path("abort_reason").asText("").isEmpty())
                .as(ended.toString())
                .isEqualTo(isCarriedOut);
        operation.awaitSettled(isCarriedOut);
    }
}
