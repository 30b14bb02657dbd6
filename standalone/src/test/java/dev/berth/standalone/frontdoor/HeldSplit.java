package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.sim.fault.FaultAction;
import dev.berth.standalone.cluster.BerthCluster;
import java.util.List;
import java.util.function.Supplier;

/** From one shard to two. */
final class HeldSplit extends HeldOperation {
    private final String tenant;

    HeldSplit(LiveCell cell, BerthCluster cluster, OperationStep step) {
        super(cell, cluster, step);
        tenant = cell.create(0, 1);
        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);
    }

    @Override
    void place(Loss loss) {
        bring(tenant, loss);
    }

    @Override
    void order() {
        cell.calling("PUT", "/control/v1/tenant/" + tenant + "/shard_split", "{\"new_shard_count\": 2}");
    }

    @Override
    List<Supplier<Hold>> holds() {
        return switch (step) {
            case SPLIT_FREEZE -> List.of(this::workInFlight);
            case SPLIT_PREPARE_ROWS -> List.of(this::rows);
            case SPLIT_SPLIT_SHARDS -> List.of(() -> hanging("PUT", tenant + "/shard_split"));
            case SPLIT_COMMIT -> List.of(() -> hanging("PUT", tenant + "/shard_split"), this::rows);
            case SPLIT_REMOVE_PARENTS -> List.of(() -> hanging("PUT", tenant + "/location_config"));
            case SPLIT_WARM_SECONDARIES -> List.of(() -> hanging("POST", tenant + "-..02/heatmap_upload"));
            default -> List.of();
        };
    }

    private Hold hanging(String method, String path) {
        return Hold.request(cell.fleet.nodes(), method, path, new FaultAction.Hang());
    }

    private Hold rows() {
        return Hold.rows(cluster, "FROM tenant_incarnation WHERE tenant = '" + tenant + "'");
    }

    /** A configuration that the pageserver with the copy does not take. */
    private Hold workInFlight() {
        Hold work = Hold.request(
                List.of(cell.pageserver(secondary(tenant))),
                "PUT",
                tenant + "/location_config",
                new FaultAction.Hang());
        cell.calling("PUT", "/v1/tenant/config", "{\"tenant_id\": \"" + tenant + "\", \"gc_period\": \"77s\"}");
        await().atMost(LiveCell.BOUND).until(work::isReached);
        return work.and(() -> operation().path("waiting").asText().contains("in flight"));
    }

    @Override
    String filter() {
        return "tenant=" + tenant;
    }

    @Override
    void awaitDone() {
        assertThat(cell.shards(tenant)).as(toString()).hasSize(2);
        cell.awaitServed(tenant);
    }

    @Override
    void awaitUndone() {
        assertThat(cell.shards(tenant)).as(toString()).hasSize(1);
        cell.awaitServed(tenant);
    }

    @Override
    void awaitSettled(boolean carriedOut) {
        assertThat(cell.shards(tenant)).as(toString()).hasSize(carriedOut ? 2 : 1);
        cell.awaitServed(tenant);
    }
}
