package dev.berth.ledger;

import dev.berth.schemas.id.PlanId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps plans of operations for as long as somebody may want them: an hour and the newest {@link #UNAPPLIED_KEPT}; one that is carried out for
 * longer than any operation runs. Whoever stores one removes what is too old.
 */
final class Plans {
    /** Plans that nobody has asked to be carried out. */
    static final int UNAPPLIED_KEPT = 100;
    /** More than are carried out within the time for which they are kept, also with those that were asked for in vain. */
    static final int APPLIED_KEPT = 500;

    static final Duration UNAPPLIED_MAX = Duration.ofHours(1);
    static final Duration APPLIED_MAX = Duration.ofHours(48);

    private static final String INSERT = "INSERT INTO plan (id, document) VALUES (?, ?) ON CONFLICT (id) DO NOTHING";
    private static final String PURGE = """
            DELETE FROM plan
            WHERE made_at < now() - CASE WHEN applied THEN ? ELSE ? END * interval '1 second'
               OR id IN (SELECT id FROM plan WHERE NOT applied ORDER BY made_at DESC, id OFFSET ?)
               OR id IN (SELECT id FROM plan WHERE applied ORDER BY made_at DESC, id OFFSET ?)""";
    private static final String FIND =
            "SELECT document, applied, extract(epoch FROM now() - made_at) * 1000 FROM plan WHERE id = ?";
    private static final String APPLY = "UPDATE plan SET applied = true WHERE id = ?";

    private final Transactions transactions;

    Plans(Transactions transactions) {
        this.transactions = transactions;
    }

    void store(PlanId id, String document) {
        transactions.transaction("plan_store", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
                statement.setString(1, id.value());
                statement.setString(2, document);
                statement.executeUpdate();
            }
            return purge(connection);
        });
    }

    private static int purge(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PURGE)) {
            statement.setLong(1, APPLIED_MAX.toSeconds());
            statement.setLong(2, UNAPPLIED_MAX.toSeconds());
            statement.setInt(3, UNAPPLIED_KEPT);
            statement.setInt(4, APPLIED_KEPT);
            return statement.executeUpdate();
        }
    }

    Optional<StoredPlan> find(PlanId id) {
        return transactions.statement("plan_find", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(FIND)) {
                statement.setString(1, id.value());
                try (ResultSet row = statement.executeQuery()) {
                    return row.next()
                            ? Optional.of(new StoredPlan(
                                    row.getString(1), row.getBoolean(2), Duration.ofMillis(row.getLong(3))))
                            : Optional.empty();
                }
            }
        });
    }

    boolean keepForOperation(PlanId id) {
        return transactions.statement("plan_apply", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(APPLY)) {
                statement.setString(1, id.value());
                return statement.executeUpdate() > 0;
            }
        });
    }
}
