package dev.berth.ledger;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.NodeProjection;
import dev.berth.ledger.ProjectionBatch.OperationProjection;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.schemas.id.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Columns whose writer is the log (P4). */
final class Projections {
    private static final String APPLY =
            "UPDATE cell SET applied_position = ?, events_offset = ? WHERE applied_position < ?";

    private static final String REMOVE_TENANTS = "DELETE FROM tenant_projection WHERE tenant = ANY (?)";
    private static final String REMOVE_TENANT_LOCATIONS = "DELETE FROM shard_location WHERE tenant = ANY (?)";

    private static final String PUT_TENANTS = """
            INSERT INTO tenant_projection AS t (tenant, incarnation, position, count, stripe_size,
                                                placement_policy, scheduling_policy, config, preferred_az)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant) DO UPDATE SET
                incarnation = excluded.incarnation, position = excluded.position, count = excluded.count,
                stripe_size = excluded.stripe_size, placement_policy = excluded.placement_policy,
                scheduling_policy = excluded.scheduling_policy, config = excluded.config,
                preferred_az = excluded.preferred_az
            WHERE t.position < excluded.position
            """;

    private static final String REMOVE_LOCATIONS = """
            DELETE FROM shard_location l USING unnest(?, ?, ?, ?) AS r(tenant, number, count, node)
            WHERE l.node = r.node AND l.tenant = r.tenant AND l.number = r.number AND l.count = r.count
            """;

    private static final String PUT_LOCATIONS = """
            INSERT INTO shard_location (tenant, number, count, node, role, stripe_size)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?)
            ON CONFLICT (node, tenant, number, count) DO UPDATE SET role = excluded.role, stripe_size = excluded.stripe_size
            """;

    private static final String PUT_NODES = """
            INSERT INTO node_projection AS n (node, position, scheduling_policy) SELECT * FROM unnest(?, ?, ?)
            ON CONFLICT (node) DO UPDATE SET position = excluded.position, scheduling_policy = excluded.scheduling_policy
            WHERE n.position < excluded.position
            """;

    private static final String PUT_OPERATIONS = """
            INSERT INTO operation (id, kind, state, tenant, node, origin, destination, document)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
            """;

    private static final String FORGET_OPERATIONS =
            "DELETE FROM operation WHERE id < (SELECT id FROM operation ORDER BY id DESC OFFSET ? LIMIT 1)";

    /** So many more than are kept may be there for a while: counting them costs more than writing them. */
    private static final int FORGET_EVERY = 500;

    private final Transactions transactions;
    private final AtomicInteger untilForgetting = new AtomicInteger();
    private final PlacementWrites placements = new PlacementWrites();

    Projections(Transactions transactions) {
        this.transactions = transactions;
    }

    /** False, and nothing written, when the ledger has been told of this position or a later one already. */
    boolean project(ProjectionBatch batch) {
        return transactions.transaction("project", connection -> {
            if (!apply(connection, batch)) {
                return false;
            }
            removeTenants(connection, batch.removedTenants());
            putTenants(connection, batch.tenants());
            removeLocations(connection, batch.removedLocations());
            putLocations(connection, batch.locations());
            putNodes(connection, batch.nodes());
            putOperations(connection, batch.operations());
            placements.write(connection, batch.placements());
            return true;
        });
    }

    private static boolean apply(Connection connection, ProjectionBatch batch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(APPLY)) {
            statement.setLong(1, batch.position());
            statement.setLong(2, batch.eventsOffset());
            statement.setLong(3, batch.position());
            return statement.executeUpdate() > 0;
        }
    }

    private static void removeTenants(Connection connection, List<TenantId> tenants) throws SQLException {
        for (String sql : List.of(REMOVE_TENANT_LOCATIONS, REMOVE_TENANTS)) {
            write(
                    connection,
                    sql,
                    tenants,
                    statement -> ShardRows.bind(statement, 1, ColumnType.UUID, tenants, ShardRows::uuid));
        }
    }

    private static void putTenants(Connection connection, List<TenantProjection> tenants) throws SQLException {
        write(connection, PUT_TENANTS, tenants, statement -> {
            ShardRows.bind(statement, 1, ColumnType.UUID, tenants, each -> ShardRows.uuid(each.tenant()));
            ShardRows.bind(statement, 2, ColumnType.LONG, tenants, TenantProjection::incarnation);
            ShardRows.bind(statement, 3, ColumnType.LONG, tenants, TenantProjection::position);
            ShardRows.bind(statement, 4, ColumnType.SHORT, tenants, each ->
                    (short) each.count().value());
            ShardRows.bind(statement, 5, ColumnType.INT, tenants, TenantProjection::stripeSize);
            ShardRows.bind(statement, 6, ColumnType.TEXT, tenants, TenantProjection::placementPolicy);
            ShardRows.bind(statement, 7, ColumnType.TEXT, tenants, TenantProjection::schedulingPolicy);
            ShardRows.bind(statement, 8, ColumnType.TEXT, tenants, TenantProjection::config);
            ShardRows.bind(statement, 9, ColumnType.TEXT, tenants, TenantProjection::preferredAz);
        });
    }

    private static void removeLocations(Connection connection, List<LocationKey> keys) throws SQLException {
        write(connection, REMOVE_LOCATIONS, keys, statement -> bindKeys(statement, keys));
    }

    private static void putLocations(Connection connection, List<LocationProjection> locations) throws SQLException {
        write(connection, PUT_LOCATIONS, locations, statement -> {
            bindKeys(statement, locations.stream().map(LocationProjection::key).toList());
            ShardRows.bind(statement, 5, ColumnType.SHORT, locations, each ->
                    (short) each.role().ordinal());
            ShardRows.bind(statement, 6, ColumnType.INT, locations, LocationProjection::stripeSize);
        });
    }

    private static void putNodes(Connection connection, List<NodeProjection> nodes) throws SQLException {
        write(connection, PUT_NODES, nodes, statement -> {
            ShardRows.bind(
                    statement, 1, ColumnType.LONG, nodes, each -> each.node().value());
            ShardRows.bind(statement, 2, ColumnType.LONG, nodes, NodeProjection::position);
            ShardRows.bind(statement, 3, ColumnType.TEXT, nodes, NodeProjection::schedulingPolicy);
        });
    }

    private void putOperations(Connection connection, List<OperationProjection> operations) throws SQLException {
        write(connection, PUT_OPERATIONS, operations, statement -> {
            ShardRows.bind(
                    statement, 1, ColumnType.LONG, operations, each -> each.id().position());
            ShardRows.bind(statement, 2, ColumnType.TEXT, operations, OperationProjection::kind);
            ShardRows.bind(statement, 3, ColumnType.TEXT, operations, OperationProjection::state);
            ShardRows.bind(
                    statement,
                    4,
                    ColumnType.UUID,
                    operations,
                    each -> each.tenant() == null ? null : ShardRows.uuid(each.tenant()));
            ShardRows.bind(statement, 5, ColumnType.LONG, operations, each -> ShardRows.number(each.node()));
            ShardRows.bind(statement, 6, ColumnType.LONG, operations, each -> ShardRows.number(each.origin()));
            ShardRows.bind(statement, 7, ColumnType.LONG, operations, each -> ShardRows.number(each.destination()));
            ShardRows.bind(statement, 8, ColumnType.TEXT, operations, OperationProjection::document);
        });
        if (!operations.isEmpty() && untilForgetting.addAndGet(-operations.size()) <= 0) {
            try (PreparedStatement statement = connection.prepareStatement(FORGET_OPERATIONS)) {
                statement.setInt(1, Ledger.ENDED_OPERATIONS_KEPT - 1);
                statement.executeUpdate();
            }
            untilForgetting.set(FORGET_EVERY);
        }
    }

    private static void bindKeys(PreparedStatement statement, List<LocationKey> keys) throws SQLException {
        ShardRows.bindShards(statement, 1, keys, LocationKey::shard);
        ShardRows.bind(statement, 4, ColumnType.LONG, keys, each -> each.node().value());
    }

    private interface Binding {
        void to(PreparedStatement statement) throws SQLException;
    }

    private static void write(Connection connection, String sql, List<?> rows, Binding binding) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.to(statement);
            statement.executeUpdate();
        }
    }
}
