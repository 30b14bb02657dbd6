package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.plan.PlannedWork.Routed;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.StrayLocationsFound;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.NodeListingTask;
import dev.berth.schemas.task.StrayLocationsTask;
import dev.berth.schemas.task.WorkBatch;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.schemas.task.WorkBatch.ShardTask;
import dev.berth.schemas.task.WorkBatch.TenantWork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Turns a command's events into messages for workers and notifiers: work grouped by destination node and cut at 256 shards, each
 * tenant described once per message.
 */
public final class TaskPlanner {
    static final int SHARDS_PER_BATCH = 256;

    private TaskPlanner() {}

    private record Route(Priority priority, NodeId destination) {}

    /** {@code view}: the state with the events folded. */
    public static PlannedWork tasks(ControllerView view, List<Event> events) {
        Map<Route, List<WorkIssued>> issued = new LinkedHashMap<>();
        List<Routed> work = new ArrayList<>();
        List<ComputeMapping> mappings = new ArrayList<>();
        for (Event event : events) {
            if (event instanceof WorkIssued one) {
                issued.computeIfAbsent(new Route(one.priority(), destination(one)), route -> new ArrayList<>())
                        .add(one);
            } else if (event instanceof MappingEmitted emitted) {
                mappings.add(mapping(view, emitted));
            } else if (event instanceof NodeListingRequested requested) {
                work.add(listing(view, requested));
            } else if (event instanceof StrayLocationsFound found) {
                strays(view, found, work);
            }
        }
        issued.forEach((route, pieces) -> {
            for (int from = 0; from < pieces.size(); from += SHARDS_PER_BATCH) {
                List<WorkIssued> slice = pieces.subList(from, Math.min(pieces.size(), from + SHARDS_PER_BATCH));
                work.add(new Routed(route.priority, route.destination, batch(view, route.destination, slice)));
            }
        });
        return new PlannedWork(work, mappings);
    }

    private static NodeId destination(WorkIssued issued) {
        return issued.steps().getFirst().node();
    }

    private static WorkBatch batch(ControllerView view, NodeId destination, List<WorkIssued> pieces) {
        Map<TenantId, List<ShardTask>> tasks = new LinkedHashMap<>();
        Map<TenantId, List<ShardTask>> tasksWithoutHeatmaps = new LinkedHashMap<>();
        TreeSet<NodeId> nodes = new TreeSet<>();
        long leaseUntil = Long.MAX_VALUE;
        for (WorkIssued piece : pieces) {
            Tenant tenant = tenant(view, piece.shard());
            Shard shard = tenant.shards().get(piece.shard().number());
            Map<TenantId, List<ShardTask>> group = tenant.wantsHeatmaps(shard) ? tasks : tasksWithoutHeatmaps;
            group.computeIfAbsent(tenant.id(), id -> new ArrayList<>())
                    .add(new ShardTask(
                            piece.shard(), piece.sequence(), shard.generation(), piece.release(), piece.steps()));
            piece.steps().stream().map(WorkStep::node).forEach(nodes::add);
            leaseUntil = Math.min(leaseUntil, piece.leaseUntilMs());
        }
        List<TenantWork> tenants = new ArrayList<>();
        tasks.forEach((id, shards) -> tenants.add(describe(view, id, true, shards)));
        tasksWithoutHeatmaps.forEach((id, shards) -> tenants.add(describe(view, id, false, shards)));
        return new WorkBatch(
                destination, nodes.stream().map(id -> endpoint(view, id)).toList(), tenants, leaseUntil);
    }

    private static Tenant tenant(ControllerView view, TenantShardId id) {
        Tenant tenant = view.tenant(id.tenant());
        if (tenant == null) {
            throw new IllegalStateException("work for the unknown tenant " + id.tenant());
        }
        return tenant;
    }

    private static TenantWork describe(ControllerView view, TenantId id, boolean heatmaps, List<ShardTask> shards) {
        Tenant tenant = tenant(view, shards.getFirst().shard());
        return new TenantWork(
                id,
                tenant.incarnation(),
                tenant.count(),
                tenant.stripeSize(),
                tenant.initialGeneration(),
                tenant.config(),
                heatmaps,
                shards);
    }

    private static Endpoint endpoint(ControllerView view, NodeId id) {
        Node node = node(view, id);
        return new Endpoint(
                id, node.registration().listenHttpAddr(), node.registration().listenHttpPort());
    }

    private static Node node(ControllerView view, NodeId id) {
        Node node = view.node(id);
        if (node == null) {
            throw new IllegalStateException("work for the unknown node " + id);
        }
        return node;
    }

    private static Routed listing(ControllerView view, NodeListingRequested requested) {
        Endpoint endpoint = endpoint(view, requested.node());
        return new Routed(
                Priority.URGENT,
                requested.node(),
                new NodeListingTask(
                        requested.node(),
                        endpoint.host(),
                        endpoint.port(),
                        requested.listing(),
                        requested.deadlineMs(),
                        requested.digest()));
    }

    /** Too many unknown shards are a sign of something worse than a leftover: nothing is removed then (P10). */
    private static void strays(ControllerView view, StrayLocationsFound found, List<Routed> work) {
        int expected = view.shardsOn(found.node()).size();
        boolean suspicious = found.shards().size() > STRAYS_MAX
                && found.shards().size() * 100L
                        > (long) STRAYS_SHARE_PERCENT
                                * (expected + found.shards().size());
        if (found.complete() && !found.shards().isEmpty() && !suspicious) {
            Endpoint endpoint = endpoint(view, found.node());
            work.add(new Routed(
                    Priority.NORMAL,
                    found.node(),
                    new StrayLocationsTask(found.node(), endpoint.host(), endpoint.port(), found.shards())));
        }
    }

    private static final int STRAYS_MAX = 100;
    private static final int STRAYS_SHARE_PERCENT = 5;

    private static ComputeMapping mapping(ControllerView view, MappingEmitted emitted) {
        Tenant tenant = view.tenant(emitted.tenant());
        if (tenant == null) {
            throw new IllegalStateException("a mapping of the unknown tenant " + emitted.tenant());
        }
        return new ComputeMapping(
                tenant.id(),
                tenant.incarnation(),
                emitted.number(),
                tenant.preferredAz(),
                tenant.count(),
                tenant.stripeSize(),
                emitted.nodes());
    }
}
