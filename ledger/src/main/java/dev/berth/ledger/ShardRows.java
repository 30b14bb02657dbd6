package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Between rows and records, and lists of records to parallel arrays for {@code unnest}. */
final class ShardRows {
    private ShardRows() {}

    static UUID uuid(TenantId tenant) {
        return new UUID(tenant.high(), tenant.low());
    }

    static TenantId tenant(UUID uuid) {
        return new TenantId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    static @Nullable Long number(@Nullable Generation generation) {
        return generation == null ? null : generation.value();
    }

    static @Nullable Long number(@Nullable NodeId node) {
        return node == null ? null : node.value();
    }

    /** Reads columns tenant, number and count, beginning at {@code column}. */
    static TenantShardId shard(ResultSet row, int column) throws SQLException {
        return new TenantShardId(
                tenant(row.getObject(column, UUID.class)), row.getShort(column + 1), row.getShort(column + 2));
    }

    static @Nullable Generation generation(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : new Generation(value);
    }

    static @Nullable NodeId node(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : NodeId.of(value);
    }

    /** Binds columns tenant, number and count, beginning at {@code parameter}. */
    static <E> void bindShards(
            PreparedStatement statement, int parameter, List<E> rows, Function<E, TenantShardId> shard)
            throws SQLException {
        bind(
                statement,
                parameter,
                ColumnType.UUID,
                rows,
                row -> uuid(shard.apply(row).tenant()));
        bind(statement, parameter + 1, ColumnType.SHORT, rows, row ->
                (short) shard.apply(row).number());
        bind(statement, parameter + 2, ColumnType.SHORT, rows, row ->
                (short) shard.apply(row).count());
    }

    static <E> void bind(
            PreparedStatement statement,
            int parameter,
            ColumnType type,
            List<E> rows,
            Function<E, ? extends @Nullable Object> column)
            throws SQLException {
        @Nullable Object[] values = type.array(rows.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = column.apply(rows.get(i));
        }
        statement.setArray(parameter, statement.getConnection().createArrayOf(type.sqlName(), values));
    }
}
