package dev.berth.workflows.node;

import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.OpenRun;
import dev.berth.workflows.common.OperationResult;
import dev.berth.workflows.common.Patience;
import dev.berth.workflows.common.SteeredWorkflow;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operations on a node have in common: how they move shards. What has moved stays where it is, however they end. */
abstract class NodeWorkflow extends SteeredWorkflow {
    /** However slowly it goes on. */
    private static final Duration OPERATION_MAX = Duration.ofHours(12);

    final Patience<NodeActivities> activities = new Patience<>(
            Workflow.newLocalActivityStub(NodeActivities.class, ActivityDefaults.quick()),
            Workflow.newActivityStub(NodeActivities.class, ActivityDefaults.patient()));

    NodeWorkflow() {
        super(NodeStep.values());
    }

    final ShardMover.Ending move(OpenRun run, Duration stallMax, boolean awaits, @Nullable Carry carry) {
        return new ShardMover(activities, run.operation(), steering, stallMax, awaits, carry, OPERATION_MAX).moveAll();
    }

    static String summary(List<Skipped> skipped) {
        return skipped.size() + " shards are left, among them "
                + skipped.getFirst().shard() + ": " + skipped.getFirst().reason();
    }

    /** For operations that do what they can. */
    final OperationResult complete(OpenRun run, ShardMover.Ending.Over over) {
        steering.enter(NodeStep.COMPLETE);
        String rest = over.skipped().isEmpty() ? "" : "; " + summary(over.skipped());
        return run.operation().complete(List.of(), "moved " + over.moved() + " shards" + rest);
    }
}
