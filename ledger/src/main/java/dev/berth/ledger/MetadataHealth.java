package dev.berth.ledger;

import dev.berth.schemas.id.TenantShardId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the scrubber has found of shards' metadata (http-api 8.1): of each shard whether it is healthy and when that was looked at last. A
 * shard counts as healthy, and as looked at, when its row is made; what is known goes with the row.
 */
public final class MetadataHealth {
    private static final String UPDATE = """
            UPDATE shard_generation g SET healthy = u.healthy, scrubbed_at = now()
            FROM unnest(?, ?, ?, ?) AS u(tenant, number, count, healthy)
            WHERE g.tenant = u.tenant AND g.number = u.number AND g.count = u.count
            """;

    private static final String UNHEALTHY = """
            SELECT tenant, number, count FROM shard_generation WHERE NOT healthy AND split IS NULL
            ORDER BY tenant, number, count
            """;

    private static final String OUTDATED = """
            SELECT tenant, number, count, healthy, scrubbed_at FROM shard_generation
            WHERE scrubbed_at < now() - make_interval(secs => ?) AND split IS NULL ORDER BY tenant, number, count
            """;

    private static final double MILLIS = 1_000;

    private final Transactions transactions;

    MetadataHealth(Transactions transactions) {
        this.transactions = transactions;
    }

    /** What is known of one shard. */
    public record Health(TenantShardId shard, boolean healthy, Instant scrubbedAt) {}

    /** Notes what was found now; a shard in both lists is unhealthy, an unknown one is passed over. */
    public void update(List<TenantShardId> healthy, List<TenantShardId> unhealthy) {
        Map<TenantShardId, Boolean> found = new LinkedHashMap<>();
        healthy.forEach(shard -> found.put(shard, true));
        unhealthy.forEach(shard -> found.put(shard, false));
        List<TenantShardId> shards = List.copyOf(found.keySet());
        transactions.transaction("update_metadata_health", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
                ShardRows.bindShards(statement, 1, shards, shard -> shard);
                ShardRows.bind(statement, 4, ColumnType.BOOLEAN, shards, found::get);
                return statement.executeUpdate();
            }
        });
    }

    public List<TenantShardId> unhealthy() {
        return transactions.statement("list_metadata_health_unhealthy", connection -> {
            List<TenantShardId> shards = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(UNHEALTHY);
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    shards.add(ShardRows.shard(row, 1));
                }
            }
            return shards;
        });
    }

    /** Shards that nobody has looked at for so long. */
    public List<Health> notScrubbedFor(Duration age) {
        return transactions.statement("list_metadata_health_outdated", connection -> {
            List<Health> records = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(OUTDATED)) {
                statement.setDouble(1, age.toMillis() / MILLIS);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        records.add(health(row));
                    }
                }
            }
            return records;
        });
    }

    private static Health health(ResultSet row) throws SQLException {
        return new Health(
                ShardRows.shard(row, 1),
                row.getBoolean(4),
                row.getObject(5, OffsetDateTime.class).toInstant());
    }
}
