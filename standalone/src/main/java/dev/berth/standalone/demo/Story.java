package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.up.Console;
import dev.berth.standalone.up.Installation;
import java.util.List;
import java.util.Random;

/** The acts of the demo, in order. */
final class Story {
    private static final int VICTIM = 1;
    private static final int RESTARTED = 2;
    private static final int DELETED = 4;
    private static final int OBJECTIONS_SHOWN = 3;

    private final Scene scene;
    private final Random random;

    Story(Installation berth, Console console, int tenants, long seed) {
        this.random = new Random(seed);
        this.scene = new Scene(berth, ControllerApi.at(berth.api()), console, Cast.of(tenants, random));
    }

    /** Whether everything that must hold did. */
    boolean play() throws CallFailure, InterruptedException {
        scene.act("Pageservers register");
        scene.await("all pageservers are Active", scene::areAllActive);
        TenantActs tenants = new TenantActs(scene);
        scene.act(scene.cast().tenants().size() + " tenants with "
                + scene.cast().shards() + " shards are created by " + TenantActs.CALLERS + " callers");
        tenants.create();
        scene.act("A shard moves while it serves");
        tenants.migrate();
        List<Examination.Finding> findings;
        try (Traffic traffic = Traffic.start(scene.api(), scene.cast(), random.nextLong())) {
            playUnderLoad();
            traffic.close();
            scene.line(traffic.summary());
            settle();
            scene.act("What must hold");
            findings = Examination.of(scene.api(), scene.cast(), traffic);
        }
        findings.forEach(this::print);
        return findings.stream().allMatch(Examination.Finding::holds);
    }

    private void playUnderLoad() throws CallFailure, InterruptedException {
        FailoverAct failover = new FailoverAct(scene, VICTIM);
        scene.act("Under load, a pageserver is killed, and then the scheduler and the workers");
        failover.play();
        scene.act("The dead pageserver comes back");
        failover.release();
        scene.act(
                "Under load, a tenant splits; the first try is aborted, during the second the scheduler and the workers are killed");
        new SplitAct(scene).play();
        NodeActs nodes = new NodeActs(scene);
        scene.act(
                "Under load, a pageserver is drained, restarted and filled; the scheduler and the workers are killed each time");
        nodes.restart(RESTARTED);
        scene.act("Under load, another one is deleted; likewise");
        nodes.delete(DELETED);
    }

    private void settle() throws InterruptedException {
        scene.awaitQuiet("everything is quiet");
        try {
            scene.line("attached by node: " + scene.api().attachedByNode());
        } catch (CallFailure e) {
            throw new PartFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void print(Examination.Finding finding) {
        scene.line((finding.holds() ? "holds   " : "BROKEN  ") + finding.sentence());
        List<String> objections = finding.objections();
        objections.stream().limit(OBJECTIONS_SHOWN).forEach(objection -> scene.line("          " + objection));
        if (objections.size() > OBJECTIONS_SHOWN) {
            scene.line("          and " + (objections.size() - OBJECTIONS_SHOWN) + " more");
        }
    }
}
