package dev.berth.scheduler.projection;

import dev.berth.ledger.LedgerOptions;
import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.ledger.ProjectionBatch.TenantProjection;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Reads the projected tables, each slice in one snapshot, for the comparison with the state. A connection for each call. */
public final class JdbcProjectedRows implements ProjectedSlice.Source {
    private static final String APPLIED = "SELECT applied_position FROM cell";

    private static final String TENANTS = """
            SELECT tenant, incarnation, position, count, stripe_size, placement_policy, scheduling_policy, config, preferred_az
            FROM tenant_projection WHERE tenant BETWEEN ? AND ? ORDER BY tenant LIMIT ?
            """;

    private static final String LOCATIONS =
            "SELECT tenant, number, count, node, role FROM shard_location WHERE tenant BETWEEN ? AND ?";

    private static final String NODES = "SELECT node, scheduling_policy FROM node_projection";

    private static final TenantId LAST = new TenantId(-1, -1);

    private final DataSource database;

    /** @param database whose connections have the cell's schema in front */
    public JdbcProjectedRows(DataSource database) {
        this.database = database;
    }

    public static JdbcProjectedRows of(LedgerOptions options) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(options.jdbcUrl());
        source.setUser(options.user());
        source.setPassword(options.password());
        source.setCurrentSchema("\"berth_" + options.cell() + '"');
        source.setApplicationName("berth-audit " + options.cell());
        return new JdbcProjectedRows(source);
    }

    @Override
    public ProjectedSlice tenantsAfter(@Nullable TenantId after, int limit) {
        TenantId first = after == null ? new TenantId(0, 0) : successor(after);
        return inSnapshot(connection -> {
            NavigableMap<TenantId, TenantProjection> tenants = tenants(connection, first, LAST, limit);
            TenantId last = tenants.size() < limit ? LAST : tenants.lastKey();
            return new ProjectedSlice(applied(connection), tenants, locations(connection, first, last));
        });
    }

    @Override
    public ProjectedSlice tenant(TenantId id) {
        return inSnapshot(connection ->
                new ProjectedSlice(applied(connection), tenants(connection, id, id, 1), locations(connection, id, id)));
    }

    @Override
    public ProjectedSlice.Nodes nodes() {
        return inSnapshot(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(NODES);
                    ResultSet row = statement.executeQuery()) {
                Map<NodeId, String> policies = new HashMap<>();
                while (row.next()) {
                    policies.put(NodeId.of(row.getLong(1)), row.getString(2));
                }
                return new ProjectedSlice.Nodes(applied(connection), policies);
            }
        });
    }

    private static TenantId successor(TenantId id) {
        return id.low() == -1 ? new TenantId(id.high() + 1, 0) : new TenantId(id.high(), id.low() + 1);
    }

    private static long applied(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(APPLIED);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    private static NavigableMap<TenantId, TenantProjection> tenants(
            Connection connection, TenantId first, TenantId last, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TENANTS)) {
            statement.setObject(1, new UUID(first.high(), first.low()));
            statement.setObject(2, new UUID(last.high(), last.low()));
            statement.setInt(3, limit);
            NavigableMap<TenantId, TenantProjection> tenants = new TreeMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TenantProjection tenant = tenant(row);
                    tenants.put(tenant.tenant(), tenant);
                }
            }
            return tenants;
        }
    }

    private static TenantProjection tenant(ResultSet row) throws SQLException {
        return new TenantProjection(
                tenantId(row),
                row.getLong(2),
                row.getLong(3),
                new ShardCount(row.getInt(4)),
                row.getInt(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9));
    }

    private static Map<LocationKey, Role> locations(Connection connection, TenantId first, TenantId last)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCATIONS)) {
            statement.setObject(1, new UUID(first.high(), first.low()));
            statement.setObject(2, new UUID(last.high(), last.low()));
            Map<LocationKey, Role> locations = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TenantShardId shard = new TenantShardId(tenantId(row), row.getInt(2), row.getInt(3));
                    locations.put(new LocationKey(shard, NodeId.of(row.getLong(4))), Role.values()[row.getInt(5)]);
                }
            }
            return locations;
        }
    }

    private static TenantId tenantId(ResultSet row) throws SQLException {
        UUID id = row.getObject(1, UUID.class);
        return new TenantId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private interface Reading<T> {
        T from(Connection connection) throws SQLException;
    }

    private <T> T inSnapshot(Reading<T> reading) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            T result = reading.from(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            throw new IllegalStateException("the read model cannot be read: " + e.getMessage(), e);
        }
    }
}
