package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A ledger of a new cell for each test, with the values tests speak of. */
abstract class LedgerFixture {
    static final NodeId NODE_1 = NodeId.of(1);
    static final NodeId NODE_2 = NodeId.of(2);
    static final NodeId NODE_3 = NodeId.of(3);
    static final long CREATED_AT = 100;

    final LedgerOptions options = TestPostgres.newCell();
    final List<String> retries = new CopyOnWriteArrayList<>();
    final LedgerDatabase database = new LedgerDatabase(options);
    Ledger ledger;

    LedgerFixture() {
        ledger = open(options);
    }

    @BeforeEach
    void createCell() {
        ledger.createCell(new CellIdentity(options.cell(), 42, "kafka-1", "topic-1"));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    final Ledger open(LedgerOptions of) {
        return Ledger.open(of, new LedgerObserver() {
            @Override
            public void finished(String operation, long nanos, @Nullable LedgerException error) {}

            @Override
            public void retried(String operation, String sqlState) {
                retries.add(operation + " " + sqlState);
            }
        });
    }

    static TenantId tenant(int n) {
        return new TenantId(0x9E3779B97F4A7C15L * n, n);
    }

    static TenantRows rows(int tenant, int count) {
        return rows(tenant, count, CREATED_AT);
    }

    static TenantRows rows(int tenant, int count, long incarnation) {
        return new TenantRows(tenant(tenant), incarnation, new ShardCount(count), 2048, new Generation(0));
    }

    static TenantShardId shard(TenantRows tenant, int number) {
        return new TenantShardId(tenant.tenant(), number, tenant.count().value());
    }

    static BumpRequest bumpOf(TenantRows tenant, int number, NodeId node, long sequence) {
        return new BumpRequest(tenant, shard(tenant, number), null, node, sequence);
    }

    BumpResult bump(TenantRows tenant, int number, NodeId node, long sequence) {
        return ledger.bump(List.of(bumpOf(tenant, number, node, sequence))).getFirst();
    }

    static BumpResult.Issued issued(long generation) {
        return new BumpResult.Issued(new Generation(generation));
    }

    ShardRow row(TenantShardId shard) {
        return ledger.read(List.of(shard)).getFirst();
    }

    static NodeRegistration node(NodeId id) {
        return new NodeRegistration(id, "pg-" + id, 6400, "http-" + id, 9898, null, null, null, "az-1");
    }

    /** All that is in the outbox, oldest first, which it leaves empty. */
    List<OutboxRow> relayed() {
        List<OutboxRow> all = new ArrayList<>();
        while (ledger.relayOutbox(100, all::addAll) instanceof RelayResult.Relayed(int rows) && rows > 0) {
            continue;
        }
        return all;
    }

    void sql(String statement) throws SQLException {
        try (Connection connection = database.connect();
                Statement each = connection.createStatement()) {
            each.execute(statement);
        }
    }

    List<String> query(String select) throws SQLException {
        try (Connection connection = database.connect();
                Statement each = connection.createStatement();
                ResultSet row = each.executeQuery(select)) {
            List<String> lines = new ArrayList<>();
            while (row.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    cells.add(String.valueOf(row.getString(i)));
                }
                lines.add(String.join("|", cells));
            }
            return lines;
        }
    }

    /** As when the server restarts. */
    void killConnections() throws SQLException {
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'berth-ledger "
                + options.cell() + "' AND pid <> pg_backend_pid()");
    }
}
