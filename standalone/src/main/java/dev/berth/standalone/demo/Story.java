package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi;
import dev.berth.standalone.client.ControllerApi.Shard;
import dev.berth.standalone.demo.Cast.Tenant;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.up.Console;
import dev.berth.standalone.up.Installation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The acts of the demo, in order. */
final class Story {
    private static final int CALLERS = 16;
    private static final int VICTIM = 1;
    private static final int RESTARTED = 2;
    private static final int DELETED = 4;
    private static final int OBJECTIONS_SHOWN = 3;

    private final Scene scene;
    private final Installation berth;
    private final ControllerApi api;
    private final Console console;
    private final Cast cast;
    private final Random random;

    Story(Installation berth, Console console, int tenants, long seed) {
        this.berth = berth;
        this.api = ControllerApi.at(berth.api());
        this.console = console;
        this.random = new Random(seed);
        this.cast = Cast.of(tenants, random);
        this.scene = new Scene(berth, api, console, cast);
    }

    /** Whether everything that must hold did. */
    boolean play() throws CallFailure, InterruptedException {
        act("Pageservers register");
        scene.await("all pageservers are Active", scene::areAllActive);
        act(cast.tenants().size() + " tenants with " + cast.shards() + " shards are created by " + CALLERS
                + " callers");
        createTenants();
        act("A shard moves while it serves");
        migrate();
        List<Examination.Finding> findings;
        try (Traffic traffic = Traffic.start(api, cast, random.nextLong())) {
            act("Under load, a pageserver is killed, and then the scheduler and the workers");
            killEverything();
            act("The dead pageserver comes back");
            berth.release(Scene.pageserver(VICTIM));
            scene.await("it is Active again", scene::areAllActive);
            act(
                    "Under load, a tenant splits; the first try is aborted, during the second the scheduler and the workers are killed");
            new SplitAct(scene).play();
            NodeActs nodes = new NodeActs(scene);
            act(
                    "Under load, a pageserver is drained, restarted and filled; the scheduler and the workers are killed each time");
            nodes.restart(RESTARTED);
            act("Under load, another one is deleted; likewise");
            nodes.delete(DELETED);
            traffic.close();
            scene.line(traffic.summary());
            settle();
            act("What must hold");
            findings = Examination.of(api, cast, traffic);
        }
        findings.forEach(this::print);
        return findings.stream().allMatch(Examination.Finding::holds);
    }

    private void createTenants() throws CallFailure, InterruptedException {
        long begun = System.nanoTime();
        inParallel(cast.tenants(), tenant -> {
            Scene.repeatedWhileLate(() -> api.createTenant(tenant.id(), tenant.count()));
            String timeline = Cast.id(new Random(tenant.id().hashCode()));
            Scene.repeatedWhileLate(() -> api.createTimeline(tenant.id(), timeline));
            tenant.timelines().add(timeline);
        });
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        console.line("   done in " + Console.seconds(took) + ", each with a timeline; attached by node: " + byNode());
    }

    private void migrate() throws CallFailure {
        Tenant tenant = cast.tenants().getFirst();
        Shard shard = api.describe(tenant.id()).getFirst();
        int destination = shard.secondaries().getFirst();
        console.line(
                "   shard " + shard.id() + ": from node " + shard.attached().orElse(0) + " to " + destination);
        console.line("   its workflow: " + workflows("BerthTenant=\"" + tenant.id() + "\""));
        long begun = System.nanoTime();
        api.migrate(shard.id(), destination);
        int now = api.describe(tenant.id()).getFirst().attached().orElse(0);
        if (now != destination) {
            throw new PartFailure("the migration was answered, but the shard is at node " + now);
        }
        console.line("   moved in " + Console.seconds(Duration.ofNanos(System.nanoTime() - begun)));
    }

    private String workflows(String query) {
        return berth.temporalUi() + "/namespaces/default/workflows?query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8);
    }

    private void killEverything() throws CallFailure, InterruptedException {
        int victims = api.attachedByNode().getOrDefault(VICTIM, 0);
        console.line("   kill -9 of pageserver " + VICTIM + ", where " + victims + " shards are attached");
        long killed = System.nanoTime();
        berth.killAndHold(Scene.pageserver(VICTIM));
        scene.await(
                "the controller sees it Offline",
                () -> scene.isNode(VICTIM, node -> node.availability().equals("Offline")));
        console.line("   kill -9 of the scheduler and of the workers, in the middle of the fail-over");
        scene.killSchedulerAndWorkers();
        watchFailover(killed, victims);
    }

    /** Prints each time that the number of shards still to move has changed. */
    private void watchFailover(long killed, int victims) throws InterruptedException {
        int before = -1;
        long deadline = System.nanoTime() + Scene.SETTLE_MAX.toNanos();
        while (before != 0) {
            int left = shardsAt(VICTIM).orElse(before);
            if (left != before) {
                String at = Console.seconds(Duration.ofNanos(System.nanoTime() - killed));
                console.line("   %6s after the kill: %d of %d shards are attached elsewhere"
                        .formatted(at, victims - left, victims));
                before = left;
            }
            if (System.nanoTime() > deadline) {
                throw new PartFailure(left + " shards are still on the dead pageserver");
            }
            TimeUnit.MILLISECONDS.sleep(Scene.POLL.toMillis());
        }
    }

    private java.util.Optional<Integer> shardsAt(int node) {
        try {
            return java.util.Optional.of(api.attachedByNode().getOrDefault(node, 0));
        } catch (CallFailure whileTheViewRestarts) {
            return java.util.Optional.empty();
        }
    }

    private void settle() throws InterruptedException {
        scene.await("everything is quiet", () -> api.reconcileAll() == 0);
        try {
            console.line("   attached by node: " + byNode());
        } catch (CallFailure e) {
            throw new PartFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void print(Examination.Finding finding) {
        console.line("   " + (finding.holds() ? "holds   " : "BROKEN  ") + finding.sentence());
        List<String> objections = finding.objections();
        objections.stream().limit(OBJECTIONS_SHOWN).forEach(objection -> console.line("             " + objection));
        if (objections.size() > OBJECTIONS_SHOWN) {
            console.line("             and " + (objections.size() - OBJECTIONS_SHOWN) + " more");
        }
    }

    private void act(String title) {
        scene.act(title);
    }

    private Map<Integer, Integer> byNode() throws CallFailure {
        return api.attachedByNode();
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
}
