package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.NodeProjection;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import java.util.List;
import java.util.Optional;
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
                List.of()));

        assertThat(query("SELECT placement_policy FROM tenant_projection")).containsExactly("second");
        assertThat(query("SELECT number FROM shard_location")).containsExactly("1");

        ledger.project(new ProjectionBatch(4, 4, List.of(tenant.tenant()), List.of(), List.of(), List.of(), List.of()));
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
                position, 1000 + position, List.of(), List.of(tenants), List.of(), List.of(), List.of(nodes)));
    }

    private void projectLocations(long position, List<LocationKey> removed, List<LocationProjection> put) {
        assertThat(ledger.project(
                        new ProjectionBatch(position, position, List.of(), List.of(), removed, put, List.of())))
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
}
