package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi.Operation;
import dev.berth.standalone.client.HttpApi;
import dev.berth.standalone.demo.Cast.Tenant;
import dev.berth.standalone.parts.PartFailure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;

/** A tenant grows: the first try is aborted in the middle, the second outlives scheduler and workers. */
final class SplitAct {
    private static final int SHARDS = 8;
    /** So that there is a middle; a simulated pageserver has no data to copy. */
    private static final Duration COPYING = Duration.ofSeconds(3);

    private final Scene scene;
    private final Tenant tenant;

    SplitAct(Scene scene) {
        this.scene = scene;
        this.tenant = scene.cast().tenants().stream()
                .filter(each -> each.count() == 0)
                .findFirst()
                .orElseThrow(() -> new PartFailure("of so few tenants none is without shards to split"));
    }

    void play() throws CallFailure, InterruptedException {
        scene.line("tenant " + tenant.id() + " is to have " + SHARDS + " shards; pageservers take "
                + COPYING.toSeconds() + " s to copy");
        abortedSplit();
        splitWithDeaths();
    }

    private void abortedSplit() throws CallFailure, InterruptedException {
        CompletableFuture<String> split = splitSlowly();
        scene.await("a pageserver is copying", () -> isBeingCopied(split));
        Operation operation = scene.api().operationsOfTenant(tenant.id()).getFirst();
        scene.line("its workflow: " + operation.temporalUrl());
        scene.api().abort(operation.id(), "the demo thinks better of it");
        scene.await(
                "the split is undone",
                () -> scene.api().operationsOfTenant(tenant.id()).stream()
                        .anyMatch(one ->
                                one.id().equals(operation.id()) && one.state().equals("aborted")));
        scene.line("its caller was answered: " + split.join());
        scene.awaitQuiet("what it left is in order");
        int shards = scene.api().describe(tenant.id()).size();
        if (shards != 1) {
            throw new PartFailure("the split was undone, but the tenant has " + shards + " shards");
        }
    }

    private void splitWithDeaths() throws CallFailure, InterruptedException {
        CompletableFuture<String> split = splitSlowly();
        scene.await("a pageserver is copying again", () -> isBeingCopied(split));
        scene.killSchedulerAndWorkers();
        scene.line("kill -9 of the scheduler and of the workers");
        scene.await(
                "the tenant has " + SHARDS + " shards",
                () -> scene.api().describe(tenant.id()).size() == SHARDS);
        scene.cast().promise(tenant, SHARDS);
        scene.line("its caller was answered: " + split.join());
    }

    /** Completes with what a caller sees. */
    private CompletableFuture<String> splitSlowly() throws CallFailure {
        for (int node : scene.berth().pageserverIds()) {
            HttpApi pageserver = HttpApi.at(scene.berth().pageserver(node));
            pageserver.call("DELETE", "/sim/v1/faults", "");
            pageserver.put("/sim/v1/faults", """
                    {"match": {"method": "PUT", "path": "%s/shard_split"}, "action": {"delay_ms": %d}, "count": 1}""".formatted(tenant.id(), COPYING.toMillis()));
        }
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                Scene.repeatedWhileLate(() -> scene.api().split(tenant.id(), SHARDS));
                answer.complete("done");
            } catch (CallFailure e) {
                answer.complete(String.valueOf(e.getMessage()));
            }
        });
        return answer;
    }

    private boolean isBeingCopied(CompletableFuture<String> split) throws CallFailure {
        if (split.isDone()) {
            throw new PartFailure("the split was answered before a pageserver was asked: " + split.join());
        }
        for (int node : scene.berth().pageserverIds()) {
            boolean isHere = StreamSupport.stream(
                            HttpApi.at(scene.berth().pageserver(node))
                                    .get("/sim/v1/faults")
                                    .spliterator(),
                            false)
                    .anyMatch(rule ->
                            rule.asText().contains(tenant.id()) && rule.asText().contains("hits=1"));
            if (isHere) {
                return true;
            }
        }
        return false;
    }
}
