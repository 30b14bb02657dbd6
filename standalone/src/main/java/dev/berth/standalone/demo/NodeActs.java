package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;

/** What an operator does with pageservers, while scheduler and workers are killed. */
final class NodeActs {
    private final Scene scene;

    NodeActs(Scene scene) {
        this.scene = scene;
    }

    /** As for a new version: emptied, started anew, filled. */
    void restart(int node) throws CallFailure, InterruptedException {
        scene.line("drain of pageserver " + node + ", where " + attached(node) + " shards are attached");
        Scene.repeatedWhileLate(() -> scene.api().drain(node));
        killMeanwhile(node);
        scene.await(
                "it is drained",
                () -> scene.isNode(node, it -> it.scheduling().equals("PauseForRestart")) && attached(node) == 0);
        scene.line("kill -9 of pageserver " + node + ", and it starts anew");
        scene.berth().killAndHold(Scene.pageserver(node));
        scene.await(
                "the controller sees it Offline",
                () -> scene.isNode(node, it -> it.availability().equals("Offline")));
        scene.berth().release(Scene.pageserver(node));
        scene.await(
                "it is Active again",
                () -> scene.isNode(
                        node,
                        it -> it.availability().equals("Active")
                                && it.scheduling().equals("Active")));
        Scene.repeatedWhileLate(() -> scene.api().fill(node));
        killMeanwhile(node);
        scene.await(
                "it is filled", () -> scene.isNode(node, it -> it.scheduling().equals("Active")) && attached(node) > 0);
        scene.line(attached(node) + " shards are attached there again");
    }

    void delete(int node) throws CallFailure, InterruptedException {
        scene.line("deletion of pageserver " + node + ", where " + attached(node) + " shards are attached");
        Scene.repeatedWhileLate(() -> scene.api().deleteNode(node));
        killMeanwhile(node);
        scene.await(
                "the controller does not know it any more",
                () -> scene.node(node).isEmpty());
        scene.berth().killAndHold(Scene.pageserver(node));
    }

    private void killMeanwhile(int node) throws CallFailure {
        String workflow = scene.api().operationsOfNode(node).getFirst().temporalUrl();
        scene.killSchedulerAndWorkers();
        scene.line("its workflow: " + workflow);
        scene.line("kill -9 of the scheduler and of the workers");
    }

    private int attached(int node) throws CallFailure {
        return scene.api().attachedByNode().getOrDefault(node, 0);
    }
}
