package dev.berth.workers.notify;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.MappingReport.Result;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A notifier with a state that the test writes, and what it reported. Partition 0 is assigned and caught up. */
final class NotifierFixture implements AutoCloseable {
    static final int PARTITION = 0;
    static final long INCARNATION = 100;
    static final TenantId TENANT = new TenantId(1, 1);
    static final Pace BRISK = new Pace(
            Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(700), Duration.ofMillis(300), 1_000);

    final HeapControllerState state = new HeapControllerState();
    final List<MappingReport> reports = new CopyOnWriteArrayList<>();
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final ComputeNotifier notifier;

    NotifierFixture(MappingTarget target) {
        this(target, BRISK);
    }

    NotifierFixture(MappingTarget target, Pace pace) {
        this.notifier = new ComputeNotifier(target, () -> state, threads, reports::add, pace);
    }

    NotifierFixture caughtUp() {
        notifier.assigned(PARTITION);
        notifier.caughtUp(PARTITION);
        return this;
    }

    void tell(ComputeMapping mapping) {
        notifier.mapping(PARTITION, mapping);
    }

    static TenantId tenant(int number) {
        return new TenantId(1, number);
    }

    static ComputeMapping mapping(long number, long... nodes) {
        return mapping(TENANT, number, nodes);
    }

    static ComputeMapping mapping(TenantId tenant, long number, long... nodes) {
        ShardCount count = nodes.length == 1 ? ShardCount.UNSHARDED : new ShardCount(nodes.length);
        return new ComputeMapping(
                tenant,
                INCARNATION,
                number,
                "zone-b",
                count,
                2048,
                Arrays.stream(nodes).mapToObj(NodeId::of).toList());
    }

    /** The state as if this mapping were the newest, and that number the one last acknowledged. */
    void folded(ComputeMapping mapping, long acknowledged) {
        state.put(new Tenant(
                mapping.tenant(),
                mapping.incarnation(),
                mapping.count(),
                mapping.stripeSize(),
                new Generation(1),
                PlacementPolicy.attached(0),
                ShardSchedulingPolicy.ACTIVE,
                TenantConfig.EMPTY,
                mapping.preferredAz(),
                List.of(Shard.fresh(0, new Generation(1))),
                mapping.number(),
                mapping.nodes(),
                acknowledged,
                null,
                null,
                null,
                null));
    }

    List<Long> acknowledged(TenantId tenant) {
        return reports.stream()
                .filter(report -> report.tenant().equals(tenant) && report.result() == Result.ACKNOWLEDGED)
                .map(MappingReport::number)
                .toList();
    }

    @Override
    public void close() {
        notifier.close();
        threads.shutdownNow();
    }
}
