package dev.berth.ledger;

import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.NodeRegistration;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Registered nodes and their tombstones. Registration works inside the caller's transaction, under the node's row lock. */
final class NodeTable {
    private static final String COLUMNS = "id, listen_pg_addr, listen_pg_port, listen_http_addr, listen_http_port,"
            + " listen_https_port, listen_grpc_addr, listen_grpc_port, availability_zone,"
            + " lifecycle = 'deleted', reattach_epoch, registered_at";
    private static final String LOCK = "SELECT " + COLUMNS + " FROM node WHERE id = ? FOR UPDATE";
    private static final String INSERT = """
            INSERT INTO node (id, listen_pg_addr, listen_pg_port, listen_http_addr, listen_http_port,
                              listen_https_port, listen_grpc_addr, listen_grpc_port, availability_zone)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;
    private static final String UPDATE =
            "UPDATE node SET listen_https_port = ?, listen_grpc_addr = ?, listen_grpc_port = ? WHERE id = ?";
    private static final String RAISE_EPOCH =
            "UPDATE node SET reattach_epoch = reattach_epoch + 1 WHERE id = ? RETURNING reattach_epoch";

    private final Transactions transactions;
    private final Outbox outbox;

    NodeTable(Transactions transactions, Outbox outbox) {
        this.transactions = transactions;
        this.outbox = outbox;
    }

    RegistrationResult register(NodeRegistration registration) {
        return transactions.transaction("register", connection -> register(connection, registration));
    }

    /** The decision table of http-api 6.1. Afterwards the row, where there is one, is locked until the transaction ends. */
    RegistrationResult register(Connection connection, NodeRegistration registration) throws SQLException {
        Optional<NodeRow> stored = lock(connection, registration.id());
        if (stored.isEmpty() && insert(connection, registration)) {
            outbox.add(connection, List.of(new ReportNodeRegistered(registration)));
            return new RegistrationResult.Registered();
        }
        // Empty once more means that another registration of the same new id has committed in between.
        NodeRow known = stored.isPresent()
                ? stored.get()
                : lock(connection, registration.id()).orElseThrow();
        if (known.deleted()) {
            return new RegistrationResult.Tombstoned();
        }
        if (known.registration().equals(registration)) {
            return new RegistrationResult.Unchanged();
        }
        if (!known.registration().sameIdentity(registration)) {
            return new RegistrationResult.AddressConflict(known.registration());
        }
        update(connection, registration);
        outbox.add(connection, List.of(new ReportNodeRegistered(registration)));
        return new RegistrationResult.Updated();
    }

    Optional<NodeRow> lock(Connection connection, NodeId node) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
            statement.setLong(1, node.value());
            return rows(statement).stream().findFirst();
        }
    }

    long raiseEpoch(Connection connection, NodeId node) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RAISE_EPOCH)) {
            statement.setLong(1, node.value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Whether this call made the node a tombstone. */
    boolean delete(NodeId node) {
        return transactions.statement("delete_node", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE node SET lifecycle = 'deleted' WHERE id = ? AND lifecycle = 'active'")) {
                statement.setLong(1, node.value());
                return statement.executeUpdate() > 0;
            }
        });
    }

    /** Whether there was a tombstone; afterwards the id may be registered again. */
    boolean removeTombstone(NodeId node) {
        return transactions.statement("remove_node_tombstone", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM node WHERE id = ? AND lifecycle = 'deleted'")) {
                statement.setLong(1, node.value());
                return statement.executeUpdate() > 0;
            }
        });
    }

    Optional<NodeRow> find(NodeId node) {
        return transactions.statement("find_node", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT " + COLUMNS + " FROM node WHERE id = ?")) {
                statement.setLong(1, node.value());
                return rows(statement).stream().findFirst();
            }
        });
    }

    List<NodeRow> list() {
        return transactions.statement("list_nodes", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMNS + " FROM node")) {
                List<NodeRow> nodes = rows(statement);
                nodes.sort(Comparator.comparing(node -> node.registration().id()));
                return nodes;
            }
        });
    }

    private static boolean insert(Connection connection, NodeRegistration node) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setLong(1, node.id().value());
            statement.setString(2, node.listenPgAddr());
            statement.setInt(3, node.listenPgPort());
            statement.setString(4, node.listenHttpAddr());
            statement.setInt(5, node.listenHttpPort());
            statement.setObject(6, node.listenHttpsPort(), Types.INTEGER);
            statement.setString(7, node.listenGrpcAddr());
            statement.setObject(8, node.listenGrpcPort(), Types.INTEGER);
            statement.setString(9, node.availabilityZone());
            return statement.executeUpdate() > 0;
        }
    }

    private static void update(Connection connection, NodeRegistration node) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            statement.setObject(1, node.listenHttpsPort(), Types.INTEGER);
            statement.setString(2, node.listenGrpcAddr());
            statement.setObject(3, node.listenGrpcPort(), Types.INTEGER);
            statement.setLong(4, node.id().value());
            statement.executeUpdate();
        }
    }

    private static List<NodeRow> rows(PreparedStatement statement) throws SQLException {
        List<NodeRow> nodes = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                NodeRegistration registration = new NodeRegistration(
                        NodeId.of(row.getLong(1)),
                        row.getString(2),
                        row.getInt(3),
                        row.getString(4),
                        row.getInt(5),
                        integer(row, 6),
                        row.getString(7),
                        integer(row, 8),
                        row.getString(9));
                nodes.add(new NodeRow(
                        registration,
                        row.getBoolean(10),
                        row.getLong(11),
                        row.getObject(12, OffsetDateTime.class).toInstant()));
            }
        }
        return nodes;
    }

    private static @Nullable Integer integer(ResultSet row, int column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? null : value;
    }
}
