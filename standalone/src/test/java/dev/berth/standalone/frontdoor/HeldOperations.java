package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.HeldOperation.Loss;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Held operations of one cell, many at a time. */
final class HeldOperations {
    private final LiveCell cell;
    private final BerthCluster cluster;
    private final AtomicLong nextNode = new AtomicLong(HeldOperation.OWN_NODES);

    HeldOperations(LiveCell cell, BerthCluster cluster) {
        this.cell = cell;
        this.cluster = cluster;
    }

    /** One in each of the steps, with a subject of its own. Before any of them is placed, so that no subject comes upon another's node. */
    List<HeldOperation> prepare(List<OperationStep> steps) {
        return steps.stream()
                .map(step -> HeldOperation.prepare(cell, cluster, step, nextNode.getAndIncrement()))
                .toList();
    }

    /** Returns when all are where they are to be, and nothing else is under way. */
    void place(List<HeldOperation> operations) {
        place(operations, Loss.NOTHING);
    }

    void place(List<HeldOperation> operations, Loss loss) {
        onEach(operations, operation -> operation.place(loss));
        cell.awaitQuiet();
    }

    /** Begins them all, and does something with each when it is in its step. */
    static void begin(List<HeldOperation> operations, Consumer<HeldOperation> then) {
        TreeMap<Integer, List<HeldOperation>> turns = operations.stream()
                .collect(Collectors.groupingBy(operation -> operation.step.turn(), TreeMap::new, Collectors.toList()));
        turns.values()
                .forEach(turn -> onEach(turn, operation -> {
                    operation.begin();
                    then.accept(operation);
                }));
    }

    static void begin(List<HeldOperation> operations) {
        begin(operations, begun -> {});
    }

    /** On all at once; fails when one of them has failed and all are over. */
    static void onEach(List<HeldOperation> operations, Consumer<HeldOperation> action) {
        List<CompletableFuture<Void>> all = operations.stream()
                .map(one -> CompletableFuture.runAsync(() -> action.accept(one), Thread::startVirtualThread))
                .toList();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    }

    /** Waits until nothing is outstanding, and expects that no operation is open and everything is as it should be. */
    void awaitRest(Duration bound) {
        cell.awaitQuiet(bound);
        cell.checkInvariants();
        for (String open : List.of("accepted", "running", "paused", "aborting")) {
            JsonNode left =
                    cell.get("/control/v1/operation?state=" + open).body().path("operations");
            assertThat(left).as(open).isEmpty();
        }
    }
}
