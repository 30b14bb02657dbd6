package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.fault.FaultAction;
import dev.berth.standalone.cluster.BerthCluster;
import java.util.List;
import java.util.function.Supplier;

/** To the secondary, or where one is to be made, to a node without a copy. */
final class HeldMigration extends HeldOperation {
    private final String tenant;
    private long from;
    private long to;

    HeldMigration(LiveCell cell, BerthCluster cluster, OperationStep step) {
        super(cell, cluster, step);
        tenant = cell.create(0, 1);
        // The destination has WAL to catch up with.
        assertThat(cell.createTimeline(tenant, LiveCell.newTenant()).status()).isEqualTo(201);
    }

    @Override
    void place(Loss loss) {
        bring(tenant, loss);
        boolean makesCopy = step == OperationStep.MIGRATION_MAKE_SECONDARY;
        if (makesCopy && loss == Loss.COPY) {
            move(tenant, bystander());
        }
        from = cell.attachedNode(tenant, 0);
        to = makesCopy ? bystander() : secondary(tenant);
    }

    /** The first node that has nothing of it. */
    private long bystander() {
        long attached = cell.attachedNode(tenant, 0);
        long secondary = secondary(tenant);
        return cell.fleet.nodes().stream()
                .mapToLong(SimulatedPageserver::id)
                .filter(id -> id != attached && id != secondary && id < OWN_NODES)
                .findFirst()
                .orElseThrow();
    }

    @Override
    void order() {
        boolean prewarm = step == OperationStep.MIGRATION_MAKE_SECONDARY;
        cell.calling(
                "PUT",
                "/control/v1/tenant/" + tenant + "/migrate",
                "{\"node_id\": " + to + ", \"migration_config\": {\"prewarm\": " + prewarm
                        + ", \"override_scheduler\": true}}");
    }

    @Override
    List<Supplier<Hold>> holds() {
        return switch (step) {
            case MIGRATION_MAKE_SECONDARY, MIGRATION_ATTACH_DESTINATION ->
                List.of(() -> hanging(to, "PUT", "/location_config"));
            case MIGRATION_WARM_UP ->
                List.of(() -> Hold.request(
                        List.of(cell.pageserver(to)),
                        "POST",
                        tenant + "/secondary/download",
                        new FaultAction.Answer(202, "not warm yet")));
            case MIGRATION_FREEZE_ORIGIN -> List.of(() -> hanging(from, "PUT", "/location_config\\?flush_ms"));
            case MIGRATION_ISSUE_GENERATION ->
                List.of(() -> Hold.rows(cluster, "FROM shard_generation WHERE tenant = '" + tenant + "'"));
            case MIGRATION_CATCH_UP -> List.of(() -> hanging(to, "POST", "/wait_lsn"));
            case MIGRATION_TELL_COMPUTES -> List.of(this::computes);
            case MIGRATION_RELEASE_ORIGIN -> List.of(() -> hanging(from, "PUT", "/location_config$"));
            case MIGRATION_SETTLE_DESTINATION -> List.of(this::computes, () -> hanging(to, "PUT", "/location_config"));
            default -> List.of();
        };
    }

    private Hold hanging(long node, String method, String rest) {
        return Hold.request(List.of(cell.pageserver(node)), method, tenant + rest, new FaultAction.Hang());
    }

    private Hold computes() {
        return Hold.computes(cell, tenant, () -> cell.attachedNode(tenant, 0) == to);
    }

    @Override
    String filter() {
        return "tenant=" + tenant;
    }

    @Override
    void awaitDone() {
        cell.awaitServed(tenant);
        assertThat(cell.attachedNode(tenant, 0)).as(toString()).isEqualTo(to);
    }

    @Override
    void awaitUndone() {
        cell.awaitServed(tenant);
        assertThat(cell.attachedNode(tenant, 0)).as(toString()).isEqualTo(from);
    }

    @Override
    void awaitSettled(boolean carriedOut) {
        cell.awaitServed(tenant);
    }
}
