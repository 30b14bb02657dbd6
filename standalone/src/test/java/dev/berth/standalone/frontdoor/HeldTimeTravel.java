package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.fault.FaultAction;
import dev.berth.standalone.cluster.BerthCluster;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** Of a detached tenant of two shards; the first of them is held. */
final class HeldTimeTravel extends HeldOperation {
    private final String tenant;
    private final String kept = LiveCell.newTenant();
    private Instant then = Instant.EPOCH;
    private Instant detachedAt = Instant.EPOCH;

    HeldTimeTravel(LiveCell cell, BerthCluster cluster, OperationStep step) {
        super(cell, cluster, step);
        tenant = cell.create(2, 0);
    }

    /** Not long before it travels: the remote storage keeps so many versions only. */
    @Override
    void place(Loss loss) {
        assertThat(cell.createTimeline(tenant, kept).status()).isEqualTo(201);
        then = LiveCell.between();
        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);
        cell.setPolicy(tenant, "\"Detached\"", null);
        await("tenant " + tenant + " is on no pageserver")
                .atMost(LiveCell.BOUND)
                .until(() -> cell.fleet.nodes().stream()
                                .flatMap(node -> node.locations().keySet().stream())
                                .noneMatch(shard -> shard.toString().startsWith(tenant))
                        && cell.shards(tenant).stream()
                                .noneMatch(shard -> shard.path("is_reconciling").asBoolean()));
        detachedAt = LiveCell.between();
    }

    @Override
    void order() {
        cell.calling(
                "PUT",
                "/v1/tenant/" + tenant + "/time_travel_remote_storage?travel_to=" + then + "&done_if_after="
                        + detachedAt,
                "{\"shard_counts\": [2]}");
    }

    @Override
    List<Supplier<Hold>> holds() {
        return step == OperationStep.TIME_TRAVEL_TRAVEL
                ? List.of(() ->
                        Hold.request(cell.fleet.nodes(), "PUT", tenant + "-0002/time_travel", new FaultAction.Hang()))
                : List.of();
    }

    @Override
    String filter() {
        return "tenant=" + tenant;
    }

    @Override
    void awaitDone() {
        awaitUndone();
        assertThat(cell.timelines(tenant)).as(toString()).containsExactly(kept);
    }

    /** What has travelled stays so; the tenant is free again. */
    @Override
    void awaitUndone() {
        cell.setPolicy(tenant, "{\"Attached\": 0}", null);
        cell.awaitServed(tenant);
    }

    @Override
    void awaitSettled(boolean carriedOut) {
        awaitUndone();
    }
}
