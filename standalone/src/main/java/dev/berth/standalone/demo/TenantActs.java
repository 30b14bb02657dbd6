package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi;
import dev.berth.standalone.client.ControllerApi.Shard;
import dev.berth.standalone.demo.Cast.Tenant;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.up.Console;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Tenants come, and one of them moves. */
final class TenantActs {
    static final int CALLERS = 16;

    private final Scene scene;

    TenantActs(Scene scene) {
        this.scene = scene;
    }

    void create() throws CallFailure, InterruptedException {
        ControllerApi api = scene.api();
        long begun = System.nanoTime();
        inParallel(scene.cast().tenants(), tenant -> {
            Scene.repeatedWhileLate(() -> api.createTenant(tenant.id(), tenant.count()));
            String timeline = Cast.id(new Random(tenant.id().hashCode()));
            Scene.repeatedWhileLate(() -> api.createTimeline(tenant.id(), timeline));
            tenant.timelines().add(timeline);
        });
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        scene.line("done in " + Console.seconds(took) + ", each with a timeline; attached by node: "
                + api.attachedByNode());
    }

    /** Something done for each of many. */
    private interface Step<T> {
        void run(T each) throws CallFailure;
    }

    private static <T> void inParallel(List<T> all, Step<T> step) throws CallFailure, InterruptedException {
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> running = new ArrayList<>();
            all.forEach(each -> running.add(callers.submit(() -> {
                step.run(each);
                return each;
            })));
            for (Future<?> one : running) {
                one.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallFailure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** While it serves. */
    void migrate() throws CallFailure {
        ControllerApi api = scene.api();
        Tenant tenant = scene.cast().tenants().getFirst();
        Shard shard = api.describe(tenant.id()).getFirst();
        int destination = shard.secondaries().getFirst();
        scene.line("shard " + shard.id() + ": from node " + shard.attached().orElse(0) + " to " + destination);
        scene.line("its workflow: " + workflows("BerthTenant=\"" + tenant.id() + "\""));
        long begun = System.nanoTime();
        api.migrate(shard.id(), destination);
        int now = api.describe(tenant.id()).getFirst().attached().orElse(0);
        if (now != destination) {
            throw new PartFailure("the migration was answered, but the shard is at node " + now);
        }
        scene.line("moved in " + Console.seconds(Duration.ofNanos(System.nanoTime() - begun)));
    }

    private String workflows(String query) {
        return scene.berth().temporalUi() + "/namespaces/default/workflows?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8);
    }
}
