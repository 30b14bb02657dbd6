package dev.berth.standalone.frontdoor;

import static org.awaitility.Awaitility.await;

import dev.berth.sim.fault.FaultAction;
import dev.berth.standalone.cluster.BerthCluster;
import java.util.List;
import java.util.function.Supplier;

final class HeldTenantDeletion extends HeldOperation {
    private final String tenant;

    HeldTenantDeletion(LiveCell cell, BerthCluster cluster, OperationStep step) {
        super(cell, cluster, step);
        tenant = cell.create(0, 1);
    }

    @Override
    void place(Loss loss) {
        bring(tenant, loss);
    }

    @Override
    void order() {
        cell.calling("DELETE", "/v1/tenant/" + tenant, null);
    }

    @Override
    List<Supplier<Hold>> holds() {
        return switch (step) {
            case TENANT_DELETION_AWAIT_DETACHED ->
                List.of(() -> Hold.request(
                                cell.fleet.nodes(),
                                "PUT",
                                tenant + "/location_config",
                                new FaultAction.Answer(503, "not now"))
                        .and(() -> "running".equals(state())));
            case TENANT_DELETION_PURGE_REMOTE ->
                List.of(() ->
                        Hold.request(cell.fleet.nodes(), "DELETE", "/v1/tenant/" + tenant, new FaultAction.Hang()));
            case TENANT_DELETION_REMOVE_ROWS ->
                List.of(() -> Hold.rows(cluster, "FROM tenant_incarnation WHERE tenant = '" + tenant + "'"));
            default -> List.of();
        };
    }

    @Override
    String filter() {
        return "tenant=" + tenant;
    }

    @Override
    void awaitDone() {
        await(this + " is gone")
                .atMost(LiveCell.BOUND)
                .until(() -> cell.get("/control/v1/tenant/" + tenant).status() == 404
                        && cell.fleet.nodes().stream()
                                .flatMap(node -> node.locations().keySet().stream())
                                .noneMatch(shard -> shard.toString().startsWith(tenant)));
    }

    /** It stays, detached, and can be attached again. */
    @Override
    void awaitUndone() {
        cell.setPolicy(tenant, "{\"Attached\": 1}", null);
        cell.awaitServed(tenant);
    }

    @Override
    void awaitSettled(boolean carriedOut) {
        if (carriedOut) {
            awaitDone();
        } else {
            awaitUndone();
        }
    }
}
