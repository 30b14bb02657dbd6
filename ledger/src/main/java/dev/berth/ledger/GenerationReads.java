package dev.berth.ledger;

import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ShardGeneration;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What was issued, read from the primary in one statement each. */
final class GenerationReads {
    private static final String READ = """
            SELECT s.tenant, s.number, s.count, s.incarnation, s.generation, s.node, s.fence, s.stripe_size,
                   s.split IS NOT NULL
            FROM unnest(?, ?, ?) WITH ORDINALITY AS r(tenant, number, count, ordinal)
            JOIN shard_generation s ON s.tenant = r.tenant AND s.number = r.number AND s.count = r.count
            ORDER BY r.ordinal
            """;

    private static final String READ_TENANT = """
            SELECT tenant, number, count, incarnation, generation, node, fence, stripe_size, split IS NOT NULL
            FROM shard_generation WHERE tenant = ? ORDER BY number, count
            """;

    private static final String VALIDATE = """
            SELECT r.ordinal, s.generation IS NOT DISTINCT FROM r.generation
            FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS r(tenant, number, count, generation, ordinal)
            JOIN shard_generation s ON s.tenant = r.tenant AND s.number = r.number AND s.count = r.count
            WHERE s.split IS NULL
            ORDER BY r.ordinal
            """;

    private final Transactions transactions;

    GenerationReads(Transactions transactions) {
        this.transactions = transactions;
    }

    List<ShardRow> read(List<TenantShardId> shards) {
        return transactions.statement("read", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(READ)) {
                ShardRows.bindShards(statement, 1, shards, shard -> shard);
                return rows(statement);
            }
        });
    }

    TenantSnapshot readTenant(TenantId tenant) {
        return transactions.statement("read_tenant", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(READ_TENANT)) {
                statement.setObject(1, ShardRows.uuid(tenant));
                return new TenantSnapshot(tenant, rows(statement));
            }
        });
    }

    List<Validation> validate(List<ShardGeneration> asked) {
        return transactions.statement("validate", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(VALIDATE)) {
                ShardRows.bindShards(statement, 1, asked, ShardGeneration::shard);
                ShardRows.bind(
                        statement,
                        4,
                        ColumnType.LONG,
                        asked,
                        each -> each.generation().value());
                List<Validation> answers = new ArrayList<>(asked.size());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        ShardGeneration each = asked.get((int) row.getLong(1) - 1);
                        answers.add(new Validation(each.shard(), row.getBoolean(2)));
                    }
                }
                return answers;
            }
        });
    }

    private static List<ShardRow> rows(PreparedStatement statement) throws SQLException {
        List<ShardRow> rows = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                ShardRow read = row(row);
                rows.add(row.getBoolean(9) ? read.asPrepared() : read);
            }
        }
        return rows;
    }

    /** Reads columns tenant, number, count, incarnation, generation, node, fence and stripe size. */
    static ShardRow row(ResultSet row) throws SQLException {
        return new ShardRow(
                ShardRows.shard(row, 1),
                row.getLong(4),
                ShardRows.generation(row, 5),
                ShardRows.node(row, 6),
                row.getLong(7),
                row.getInt(8));
    }
}
