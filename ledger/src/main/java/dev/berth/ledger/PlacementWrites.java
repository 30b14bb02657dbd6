package dev.berth.ledger;

import dev.berth.ledger.ProjectionBatch.PlacementProjection;
import dev.berth.ledger.ProjectionBatch.Placements;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Decisions about placement, as they are projected: one statement for all of a batch. */
final class PlacementWrites {
    private static final String PUT = """
            INSERT INTO placement_decision (tenant, number, count, position, ordinal, at_ms, command, document)
            SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;

    private static final String FORGET_TENANTS = """
            DELETE FROM placement_decision d USING unnest(?, ?) AS f(tenant, position)
            WHERE d.tenant = f.tenant AND d.position <= f.position
            """;

    private static final String FORGET_OLD = """
            DELETE FROM placement_decision d USING unnest(?, ?, ?) AS k(tenant, number, count)
            WHERE d.tenant = k.tenant AND d.number = k.number AND d.count = k.count AND d.position < (
                SELECT o.position FROM placement_decision o
                WHERE o.tenant = k.tenant AND o.number = k.number AND o.count = k.count
                ORDER BY o.position DESC OFFSET ? LIMIT 1)
            """;

    /** One decision in so many also looks for old ones of its shard: looking with each would cost as much as writing. */
    private static final int LOOKS_ONE_IN_BITS = 4;

    private static final long MIX = 0x9E3779B97F4A7C15L;

    void write(Connection connection, Placements placements) throws SQLException {
        List<PlacementProjection> made = placements.made();
        if (!placements.forgotten().isEmpty()) {
            forget(connection, List.copyOf(placements.forgotten().entrySet()));
        }
        if (made.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(PUT)) {
            ShardRows.bindShards(statement, 1, made, PlacementProjection::shard);
            ShardRows.bind(statement, 4, ColumnType.LONG, made, PlacementProjection::position);
            ShardRows.bind(statement, 5, ColumnType.SHORT, made, each -> (short) each.ordinal());
            ShardRows.bind(statement, 6, ColumnType.LONG, made, PlacementProjection::atMs);
            ShardRows.bind(statement, 7, ColumnType.TEXT, made, PlacementProjection::command);
            ShardRows.bind(statement, 8, ColumnType.TEXT, made, PlacementProjection::document);
            statement.executeUpdate();
        }
        List<TenantShardId> looked = made.stream()
                .filter(PlacementWrites::looks)
                .map(PlacementProjection::shard)
                .distinct()
                .toList();
        if (!looked.isEmpty()) {
            forgetOld(connection, looked);
        }
    }

    private static void forget(Connection connection, List<Map.Entry<TenantId, Long>> forgotten) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FORGET_TENANTS)) {
            ShardRows.bind(statement, 1, ColumnType.UUID, forgotten, each -> ShardRows.uuid(each.getKey()));
            ShardRows.bind(statement, 2, ColumnType.LONG, forgotten, Map.Entry::getValue);
            statement.executeUpdate();
        }
    }

    /** By the decision alone, so that all shards get their turn whatever the order of decisions is. */
    private static boolean looks(PlacementProjection decision) {
        long mixed = (decision.position() ^ decision.shard().hashCode()) * MIX;
        return mixed >>> (Long.SIZE - LOOKS_ONE_IN_BITS) == 0;
    }

    private static void forgetOld(Connection connection, List<TenantShardId> shards) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FORGET_OLD)) {
            ShardRows.bindShards(statement, 1, shards, shard -> shard);
            statement.setInt(4, Ledger.PLACEMENT_DECISIONS_KEPT - 1);
            statement.executeUpdate();
        }
    }
}
