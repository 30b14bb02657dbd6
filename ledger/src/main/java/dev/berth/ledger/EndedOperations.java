package dev.berth.ledger;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the operations that have ended. */
public final class EndedOperations {
    private static final String APPLIED = "SELECT applied_position FROM cell";

    private final Transactions transactions;

    EndedOperations(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Which are asked for; null for whichever.
     *
     * @param id this one only
     * @param before accepted before this one
     * @param node of the operation, or where something was moved from or to
     */
    public record Query(
            @Nullable OperationId id,
            @Nullable OperationId before,
            @Nullable String kind,
            @Nullable String state,
            @Nullable TenantId tenant,
            @Nullable NodeId node,
            int limit) {
        public static Query of(OperationId id) {
            return new Query(id, null, null, null, null, null, 1);
        }
    }

    /**
     * What was found.
     *
     * @param appliedPosition up to which the log was projected when it was looked for; -1 when nothing was
     * @param documents as they were projected, newest operation first
     */
    public record Page(long appliedPosition, List<String> documents) {
        public Page {
            documents = List.copyOf(documents);
        }
    }

    /** The position first: what is found is at least as new. */
    Page find(Query query) {
        return transactions.statement("ended_operations", connection -> {
            long applied = applied(connection);
            return new Page(applied, documents(connection, query));
        });
    }

    private static long applied(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(APPLIED);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    private static List<String> documents(Connection connection, Query query) throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT document FROM operation WHERE true");
        List<Object> values = new ArrayList<>();
        and(sql, values, " AND id = ?", query.id() == null ? null : query.id().position());
        and(
                sql,
                values,
                " AND id < ?",
                query.before() == null ? null : query.before().position());
        and(sql, values, " AND kind = ?", query.kind());
        and(sql, values, " AND state = ?", query.state());
        and(sql, values, " AND tenant = ?", query.tenant() == null ? null : ShardRows.uuid(query.tenant()));
        and(sql, values, " AND ? IN (node, origin, destination)", ShardRows.number(query.node()));
        sql.append(" ORDER BY id DESC LIMIT ?");
        values.add(query.limit());
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            List<String> documents = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    documents.add(row.getString(1));
                }
            }
            return documents;
        }
    }

    private static void and(StringBuilder sql, List<Object> values, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(condition);
            values.add(value);
        }
    }
}
