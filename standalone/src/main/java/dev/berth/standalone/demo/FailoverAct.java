package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.up.Console;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A pageserver is killed, and with its shards on their way, whoever moves them. */
final class FailoverAct {
    private final Scene scene;
    private final int victim;

    FailoverAct(Scene scene, int victim) {
        this.scene = scene;
        this.victim = victim;
    }

    void play() throws CallFailure, InterruptedException {
        int victims = scene.api().attachedByNode().getOrDefault(victim, 0);
        scene.line("kill -9 of pageserver " + victim + ", where " + victims + " shards are attached");
        long killed = System.nanoTime();
        scene.berth().killAndHold(Scene.pageserver(victim));
        scene.await(
                "the controller sees it Offline",
                () -> scene.isNode(victim, node -> node.availability().equals("Offline")));
        scene.line("kill -9 of the scheduler and of the workers, in the middle of the fail-over");
        scene.killSchedulerAndWorkers();
        watch(killed, victims);
    }

    /** Prints each time that the number of shards still to move has changed. */
    private void watch(long killed, int victims) throws InterruptedException {
        int before = -1;
        long deadline = System.nanoTime() + Scene.SETTLE_MAX.toNanos();
        while (before != 0) {
            int left = shardsLeft().orElse(before);
            if (left != before) {
                String at = Console.seconds(Duration.ofNanos(System.nanoTime() - killed));
                scene.line("%6s after the kill: %d of %d shards are attached elsewhere"
                        .formatted(at, victims - left, victims));
                before = left;
            }
            if (System.nanoTime() > deadline) {
                throw new PartFailure(left + " shards are still on the dead pageserver");
            }
            TimeUnit.MILLISECONDS.sleep(Scene.POLL.toMillis());
        }
    }

    private OptionalInt shardsLeft() {
        try {
            return OptionalInt.of(scene.api().attachedByNode().getOrDefault(victim, 0));
        } catch (CallFailure whileTheViewRestarts) {
            return OptionalInt.empty();
        }
    }

    /** It comes back. */
    void release() throws InterruptedException {
        scene.berth().release(Scene.pageserver(victim));
        scene.await("it is Active again", scene::areAllActive);
    }
}
