package dev.berth.scheduler.core.plan;

import dev.berth.schemas.model.WorkStep;
import java.util.List;

/** What is to be done for one shard now. */
public sealed interface ShardPlan {
    /** Nothing, or nothing that may be done before something else happens that will be noticed by itself. */
    record Nothing() implements ShardPlan {}

    /** Not before this state time: a request sent earlier may still take effect. */
    record NotBefore(long atMs) implements ShardPlan {}

    /** These locations are to be brought about; {@code release} first lets the ledger forget the attachment. */
    record Work(List<WorkStep> steps, boolean release) implements ShardPlan {
        public Work {
            steps = List.copyOf(steps);
        }
    }
}
