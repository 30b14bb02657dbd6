package dev.berth.scheduler.core.plan;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.WorkItem;
import java.util.List;

/** What leaves the state machine beside its events. */
public record PlannedWork(List<Routed> work, List<ComputeMapping> mappings) {
    /** One message for the workers, keyed by the node it goes to. */
    public record Routed(Priority priority, NodeId destination, WorkItem item) {}

    public PlannedWork {
        work = List.copyOf(work);
        mappings = List.copyOf(mappings);
    }
}
