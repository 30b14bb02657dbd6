package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.NodeProjection;
import dev.berth.ledger.ProjectionBatch.OperationProjection;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProjectionTest extends LedgerFixture {
    private final TenantRows tenant = rows(1, 2);

    @Test
    void p4BatchIsWrittenWithItsPosition() throws Exception {
        assertThat(project(7, tenantAt(7, "{\"Attached\":1}"), nodeAt(7, "draining")))
                .isTrue();

        CellRow cell = ledger.cell().orElseThrow();
        assertThat(cell.appliedPosition()).isEqualTo(7);
        assertThat(cell.eventsOffset()).isEqualTo(1007);
        assertThat(query("SELECT placement_policy, scheduling_policy, config, preferred_az FROM tenant_projection"))
                .containsExactly("{\"Attached\":1}|Active|{}|az-1");
        assertThat(query("SELECT node, scheduling_policy FROM node_projection")).containsExactly("1|draining");
    }

    @Test
    void p4BatchesOfPositionsAlreadyAppliedChangeNothing() throws Exception {
        project(7, tenantAt(7, "new"), nodeAt(7, "pause"));

        assertThat(project(7, tenantAt(7, "again"), nodeAt(7, "again"))).isFalse();
        assertThat(project(6, tenantAt(6, "old"), nodeAt(6, "old"))).isFalse();

        assertThat(query("SELECT placement_policy FROM tenant_projection")).containsExactly("new");
        assertThat(ledger.cell().orElseThrow().eventsOffset()).isEqualTo(1007);
    }

    @Test
    void p4RowsOfOlderPositionsWithinABatchDoNotOverwriteNewerOnes() throws Exception {
        project(7, tenantAt(7, "new"), nodeAt(7, "pause"));

        assertThat(project(8, tenantAt(6, "old"), nodeAt(6, "old"))).isTrue();

        assertThat(query("SELECT placement_policy FROM tenant_projection")).containsExactly("new");
        assertThat(query("SELECT scheduling_policy FROM node_projection")).containsExactly("pause");
    }

    @Test
    void p4ReattachWritesNoPolicy() throws Exception {
        ledger.register(node(NODE_1));
        project(7, tenantAt(7, "new"), nodeAt(7, "draining"));

        ledger.reattach(new ReattachRequest(NODE_1, Optional.empty()));

        assertThat(query("SELECT position, scheduling_policy FROM node_projection"))
                .containsExactly("7|draining");
        assertThat(query("SELECT scheduling_policy FROM nodes")).containsExactly("draining");
    }

    @Test
    void locationsComeChangeAndGo() throws Exception {
        projectLocations(1, List.of(), List.of(location(0, Role.ATTACHED), location(1, Role.SECONDARY)));
        projectLocations(2, List.of(key(1)), List.of(location(0, Role.OBSERVED)));

        assertThat(query("SELECT number, count, node, role, stripe_size FROM shard_location"))
                .containsExactly("0|2|1|2|2048");
    }

    @Test
    void removedTenantLosesItsLocationsAndMayBeMadeAnewInTheSameBatch() throws Exception {
        project(1, tenantAt(1, "first"), nodeAt(1, "active"));
        projectLocations(2, List.of(), List.of(location(0, Role.ATTACHED), location(1, Role.ATTACHED)));

        ledger.project(new ProjectionBatch(
                3,
                3,
                List.of(tenant.tenant()),
                List.of(tenantAt(3, "second")),
                List.of(),
                List.of(location(1, Role.ATTACHED)),
                List.of(),
                List.of()));

        assertThat(query("SELECT placement_policy FROM tenant_projection")).containsExactly("second");
        assertThat(query("SELECT number FROM shard_location")).containsExactly("1");

        ledger.project(new ProjectionBatch(
                4, 4, List.of(tenant.tenant()), List.of(), List.of(), List.of(), List.of(), List.of()));
        assertThat(query("SELECT 1 FROM tenant_projection UNION ALL SELECT 1 FROM shard_location"))
                .isEmpty();
    }

    @Test
    void viewsHaveTheLayoutOfAnExistingDatabase() throws Exception {
        bump(tenant, 1, NODE_1, 1);
        ledger.register(node(NODE_1));
        ledger.register(node(NODE_2));
        ledger.deleteNode(NODE_2);
        project(1, tenantAt(1, "{\"Attached\":1}"), nodeAt(1, "pause_for_restart"));
        TenantRows unprojected = rows(2, 0);
        bump(unprojected, 0, NODE_2, 1);

        TenantId id = tenant.tenant();
        assertThat(query(
                        "SELECT tenant_id, shard_number, shard_count, shard_stripe_size, generation, generation_pageserver,"
                                + " placement_policy, splitting, config, scheduling_policy, preferred_az_id"
                                + " FROM tenant_shards ORDER BY shard_count DESC, shard_number"))
                .containsExactly(
                        id + "|0|2|2048|0|null|{\"Attached\":1}|0|{}|\"Active\"|az-1",
                        id + "|1|2|2048|1|1|{\"Attached\":1}|0|{}|\"Active\"|az-1",
                        unprojected.tenant() + "|0|0|2048|1|2|{\"Attached\":0}|0|{}|\"Active\"|null");
        assertThat(
                        query(
                                "SELECT node_id, scheduling_policy, listen_http_addr, listen_http_port, listen_pg_addr, listen_pg_port,"
                                        + " availability_zone_id, listen_https_port, lifecycle, listen_grpc_addr, listen_grpc_port FROM nodes ORDER BY 1"))
                .containsExactly(
                        "1|pause_for_restart|http-1|9898|pg-1|6400|az-1|null|active|null|null",
                        "2|active|http-2|9898|pg-2|6400|az-1|null|deleted|null|null");
    }

    private boolean project(long position, TenantProjection tenants, NodeProjection nodes) {
        return ledger.project(new ProjectionBatch(
                position,
                1000 + position,
                List.of(),
                List.of(tenants),
                List.of(),
                List.of(),
                List.of(nodes),
                List.of()));
    }

    private void projectLocations(long position, List<LocationKey> removed, List<LocationProjection> put) {
        assertThat(ledger.project(new ProjectionBatch(
                        position, position, List.of(), List.of(), removed, put, List.of(), List.of())))
                .isTrue();
    }

    private TenantProjection tenantAt(long position, String policy) {
        return new TenantProjection(
                tenant.tenant(), CREATED_AT, position, new ShardCount(2), 2048, policy, "Active", "{}", "az-1");
    }

    private static NodeProjection nodeAt(long position, String policy) {
        return new NodeProjection(NODE_1, position, policy);
    }

    private LocationKey key(int number) {
        return new LocationKey(shard(tenant, number), NODE_1);
    }

    private LocationProjection location(int number, Role role) {
        return new LocationProjection(key(number), role, 2048);
    }

    @Test
    void endedOperationsAreFoundByWhatTheyWere() {
        projectOperations(
                1,
                operation(10, "SHARD_MIGRATION", "COMPLETED", tenant.tenant(), null, NODE_1, NODE_2),
                operation(11, "TENANT_DELETE", "ABORTED", tenant.tenant(), null, null, null),
                operation(12, "NODE_DRAIN", "COMPLETED", null, NODE_2, null, null));

        assertThat(found(null, null, null, null, null)).containsExactly("12", "11", "10");
        assertThat(found(null, "TENANT_DELETE", null, null, null)).containsExactly("11");
        assertThat(found(null, null, "COMPLETED", null, null)).containsExactly("12", "10");
        assertThat(found(null, null, null, tenant.tenant(), null)).containsExactly("11", "10");
        assertThat(found(null, null, null, null, NODE_2)).containsExactly("12", "10");
        assertThat(found(null, null, null, null, NODE_1)).containsExactly("10");
        assertThat(found(new OperationId(12), null, "COMPLETED", null, null)).containsExactly("10");
        assertThat(ledger.endedOperations(EndedOperations.Query.of(new OperationId(11)))
                        .documents())
                .containsExactly("11");
        assertThat(ledger.endedOperations(new EndedOperations.Query(null, null, null, null, null, null, 2))
                        .documents())
                .containsExactly("12", "11");
    }

    @Test
    void pagesSayHowFarTheLogWasProjected() {
        assertThat(ledger.endedOperations(EndedOperations.Query.of(new OperationId(1)))
                        .appliedPosition())
                .isEqualTo(-1);

        projectOperations(7);

        assertThat(ledger.endedOperations(EndedOperations.Query.of(new OperationId(1))))
                .isEqualTo(new EndedOperations.Page(7, List.of()));
    }

    @Test
    void anOperationThatIsToldAgainStaysAsItIs() {
        projectOperations(1, operation(10, "SHARD_MIGRATION", "COMPLETED", null, null, null, null));
        projectOperations(2, operation(10, "SHARD_MIGRATION", "ABORTED", null, null, null, null));

        assertThat(found(null, null, "COMPLETED", null, null)).containsExactly("10");
    }

    @Test
    void onlyTheNewestOperationsAreKept() throws Exception {
        OperationProjection[] many = IntStream.range(0, Ledger.ENDED_OPERATIONS_KEPT + 3)
                .mapToObj(id -> operation(id, "SHARD_MIGRATION", "COMPLETED", null, null, null, null))
                .toArray(OperationProjection[]::new);

        projectOperations(1, many);

        assertThat(query("SELECT min(id), count(*) FROM operation"))
                .containsExactly("3|" + Ledger.ENDED_OPERATIONS_KEPT);
    }

    private void projectOperations(long position, OperationProjection... operations) {
        assertThat(ledger.project(new ProjectionBatch(
                        position,
                        position,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(operations))))
                .isTrue();
    }

    private static OperationProjection operation(
            long id,
            String kind,
            String state,
            @Nullable TenantId tenant,
            @Nullable NodeId node,
            @Nullable NodeId origin,
            @Nullable NodeId destination) {
        return new OperationProjection(
                new OperationId(id), kind, state, tenant, node, origin, destination, Long.toString(id));
    }

    private List<String> found(
            @Nullable OperationId before,
            @Nullable String kind,
            @Nullable String state,
            @Nullable TenantId of,
            @Nullable NodeId node) {
        return ledger.endedOperations(new EndedOperations.Query(null, before, kind, state, of, node, 100))
                .documents();
    }
}
