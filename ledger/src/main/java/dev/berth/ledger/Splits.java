package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.SplitParent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Splits of tenants (behaviour 8, P5).
 *
 * <p>Goals: at any moment re-attach, validate and timeline operations are answered for the parents or for the children, never for both;
 * whoever asks what became of a split is told the same for ever.
 *
 * <p>Algorithm: {@link #prepare} inserts rows of the children in the generations of their parents, marked with the split and without a
 * node. {@link #commit} is the commit point: in one transaction it removes the parents' rows, unmarks the children's and gives them the
 * parents' nodes, but only if each parent still has the generation and the node it was prepared with. {@link #end} undoes what is not
 * committed. The log is told afterwards; until it knows, it believes in the parents.
 *
 * <p>Why that order is safe. Before the commit the pageservers' split calls have taken the parents away and made children, yet:
 * <ul>
 *   <li>re-attach finds rows by their node, so it names the parents, raised, and no child: the pageserver starts the parent from the
 *       directory that a split leaves behind, and drops its children. The raise makes the commit fail. It holds the node's row for its
 *       transaction, and the commit takes the rows of all nodes first: so a re-attach comes wholly before a commit, which then fails, or
 *       wholly after it, and then finds the children's rows under its node.
 *   <li>validate leaves marked rows out, as it does shards it does not know: children delete nothing and trim no log of safekeepers that an
 *       undone split would need.
 *   <li>a fail-over raises the parent, under a fence above that of the split, and makes the commit fail. If the commit is first, the row
 *       of the parent is gone, and so is what the fail-over asks for: the log hears that the split is committed and fails over the child.
 *   <li>timeline operations read rows of two counts, and refuse; one that began before the preparation finds other rows at its end.
 * </ul>
 * With the log first, a restart between the two would have brought parents back to life, valid, beside children whose objects they may
 * delete.
 *
 * <p>Properties: all three lock the tenant's row, and the newest split of a tenant stays noted there with its state, so that a statement of a
 * run that was given up changes nothing when it arrives late.
 */
final class Splits {
    private static final String LOCK_NODES = "SELECT id FROM node WHERE id = ANY (?) ORDER BY id FOR SHARE";

    private static final String LOCK_TENANT = """
            SELECT incarnation, split, split_state FROM tenant_incarnation
            WHERE tenant = ? AND deleted_at IS NULL FOR UPDATE
            """;

    /** In key order, as batches of bumps lock. */
    private static final String LOCK_ROWS = """
            SELECT tenant, number, count, incarnation, generation, node, fence, stripe_size, split
            FROM shard_generation WHERE tenant = ? ORDER BY number, count FOR UPDATE
            """;

    private static final String FENCE = """
            UPDATE shard_generation s SET fence = greatest(s.fence, r.fence) FROM unnest(?, ?) AS r(number, fence)
            WHERE s.tenant = ? AND s.count = ? AND s.number = r.number
            """;

    private static final String FORGET = "DELETE FROM shard_generation WHERE tenant = ? AND split IS NOT NULL";

    private static final String INSERT_CHILDREN = """
            INSERT INTO shard_generation (tenant, number, count, incarnation, stripe_size, generation, fence, split)
            SELECT p.tenant, n, ?, p.incarnation, ?, p.generation, p.fence, ?
            FROM shard_generation p, generate_series(0, ?) n
            WHERE p.tenant = ? AND p.count = ? AND p.number = n % ?
            """;

    private static final String REMOVE_PARENTS = "DELETE FROM shard_generation WHERE tenant = ? AND split IS NULL";

    private static final String UNMARK_CHILDREN = """
            UPDATE shard_generation s SET node = r.node, split = NULL FROM unnest(?, ?) AS r(number, node)
            WHERE s.tenant = ? AND s.split = ? AND s.number % ? = r.number
            """;

    private static final String NOTE = "UPDATE tenant_incarnation SET split = ?, split_state = ? WHERE tenant = ?";

    private static final String PREPARED = "prepared";
    private static final String COMMITTED = "committed";
    private static final String UNDONE = "undone";

    private final Transactions transactions;

    Splits(Transactions transactions) {
        this.transactions = transactions;
    }

    /** The newest split of a tenant; {@code split} is null when there was none. */
    private record Standing(
            long incarnation,
            @Nullable Long split,
            @Nullable String state) {
        /** What became of the split; empty while it may go on. */
        Optional<SplitResult> ended(OperationId operation) {
            if (split == null || split < operation.position()) {
                return Optional.empty();
            }
            if (split > operation.position() || UNDONE.equals(state)) {
                return Optional.of(new SplitResult.Undone());
            }
            return COMMITTED.equals(state) ? Optional.of(new SplitResult.Committed()) : Optional.empty();
        }

        boolean isPrepared(OperationId operation) {
            return split != null && split == operation.position() && PREPARED.equals(state);
        }
    }

    private record Row(ShardRow row, boolean marked) {}

    /** Inserts the children's rows; repeated, by the same run or another, finds them. */
    SplitResult prepare(SplitRequest request) {
        return transactions.transaction("prepare_split", connection -> {
            Optional<Standing> tenant = lockTenant(connection, request.tenant());
            if (tenant.isEmpty() || tenant.get().incarnation() != request.incarnation()) {
                return new SplitResult.Undone();
            }
            Optional<SplitResult> ended = tenant.get().ended(request.operation());
            if (ended.isPresent()) {
                return ended.get();
            }
            String obstacle = obstacle(request, lockRows(connection, request.tenant()));
            if (obstacle != null) {
                return new SplitResult.Refused(obstacle);
            }
            fence(connection, request);
            if (!tenant.get().isPrepared(request.operation())) {
                forget(connection, request.tenant());
                insertChildren(connection, request);
                note(connection, request.tenant(), request.operation(), PREPARED);
            }
            return new SplitResult.Prepared(marked(lockRows(connection, request.tenant())));
        });
    }

    /** Makes the children the tenant's shards, if nothing has happened to their parents. Never {@code Prepared}. */
    SplitResult commit(SplitRequest request) {
        return transactions.transaction("commit_split", connection -> {
            lockNodes(connection, request);
            Optional<Standing> tenant = lockTenant(connection, request.tenant());
            if (tenant.isEmpty() || tenant.get().incarnation() != request.incarnation()) {
                return new SplitResult.Undone();
            }
            Optional<SplitResult> ended = tenant.get().ended(request.operation());
            if (ended.isPresent()) {
                return ended.get();
            }
            if (!tenant.get().isPrepared(request.operation())) {
                return new SplitResult.Refused("the split was not prepared");
            }
            List<Row> rows = lockRows(connection, request.tenant());
            String obstacle = obstacle(request, rows);
            String moved = obstacle == null ? moved(request, rows) : obstacle;
            if (moved != null) {
                return new SplitResult.Refused(moved);
            }
            removeParents(connection, request.tenant());
            unmarkChildren(connection, request);
            note(connection, request.tenant(), request.operation(), COMMITTED);
            return new SplitResult.Committed();
        });
    }

    /** Undoes a split that was not committed. {@code Committed} or {@code Undone}, and the same whenever it is asked. */
    SplitResult end(TenantId id, OperationId operation) {
        return transactions.transaction("end_split", connection -> {
            Optional<Standing> tenant = lockTenant(connection, id);
            if (tenant.isEmpty()) {
                return new SplitResult.Undone();
            }
            Optional<SplitResult> ended = tenant.get().ended(operation);
            if (ended.isPresent()) {
                return ended.get();
            }
            forget(connection, id);
            note(connection, id, operation, UNDONE);
            return new SplitResult.Undone();
        });
    }

    /** Why the parents are not what the split believes them to be; null when they are. */
    private static @Nullable String obstacle(SplitRequest request, List<Row> rows) {
        List<ShardRow> parents =
                rows.stream().filter(row -> !row.marked()).map(Row::row).toList();
        if (parents.size() != request.parents().size()) {
            return "the ledger has " + parents.size() + " shards of the tenant, not "
                    + request.parents().size();
        }
        for (int i = 0; i < parents.size(); i++) {
            ShardRow row = parents.get(i);
            SplitParent expected = request.parents().get(i);
            if (!row.shard().equals(expected.shard())) {
                return "the ledger has shard " + row.shard() + " of the tenant, not " + expected.shard();
            }
            if (row.generation() == null || !expected.node().equals(row.node())) {
                return "shard " + row.shard() + " was issued to node " + row.node() + ", not to " + expected.node();
            }
            if (row.fence() > expected.sequence()) {
                return "shard " + row.shard() + " was taken by other work";
            }
        }
        return null;
    }

    /** Which parent was given a new generation since its children were prepared; null when none was. */
    private static @Nullable String moved(SplitRequest request, List<Row> rows) {
        List<ShardRow> children = marked(rows);
        if (children.size() != request.to().effective()) {
            return children.size() + " children are prepared, not " + request.to();
        }
        for (ShardRow child : children) {
            int number = request.order().parentOf(child.shard().number());
            SplitParent parent = request.parents().get(number);
            Generation now = rows.stream()
                    .map(Row::row)
                    .filter(row -> row.shard().equals(parent.shard()))
                    .map(ShardRow::generation)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
            if (!now.equals(child.generation())) {
                return "shard " + parent.shard() + " was attached anew meanwhile";
            }
        }
        return null;
    }

    private static List<ShardRow> marked(List<Row> rows) {
        return rows.stream().filter(Row::marked).map(Row::row).toList();
    }

    private static void lockNodes(Connection connection, SplitRequest request) throws SQLException {
        List<NodeId> nodes =
                request.parents().stream().map(SplitParent::node).distinct().toList();
        try (PreparedStatement lock = connection.prepareStatement(LOCK_NODES)) {
            ShardRows.bind(lock, 1, ColumnType.LONG, nodes, NodeId::value);
            lock.executeQuery().close();
        }
    }

    private static Optional<Standing> lockTenant(Connection connection, TenantId tenant) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_TENANT)) {
            lock.setObject(1, ShardRows.uuid(tenant));
            try (ResultSet row = lock.executeQuery()) {
                return row.next()
                        ? Optional.of(new Standing(row.getLong(1), row.getObject(2, Long.class), row.getString(3)))
                        : Optional.empty();
            }
        }
    }

    private static List<Row> lockRows(Connection connection, TenantId tenant) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_ROWS)) {
            lock.setObject(1, ShardRows.uuid(tenant));
            List<Row> rows = new java.util.ArrayList<>();
            try (ResultSet row = lock.executeQuery()) {
                while (row.next()) {
                    rows.add(new Row(GenerationReads.row(row), row.getObject(9, Long.class) != null));
                }
            }
            return rows;
        }
    }

    private static void fence(Connection connection, SplitRequest request) throws SQLException {
        try (PreparedStatement fence = connection.prepareStatement(FENCE)) {
            ShardRows.bind(fence, 1, ColumnType.SHORT, request.parents(), parent ->
                    (short) parent.shard().number());
            ShardRows.bind(fence, 2, ColumnType.LONG, request.parents(), SplitParent::sequence);
            fence.setObject(3, ShardRows.uuid(request.tenant()));
            fence.setShort(4, (short) request.from().value());
            fence.executeUpdate();
        }
    }

    private static void forget(Connection connection, TenantId tenant) throws SQLException {
        try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
            forget.setObject(1, ShardRows.uuid(tenant));
            forget.executeUpdate();
        }
    }

    private static void insertChildren(Connection connection, SplitRequest request) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_CHILDREN)) {
            insert.setShort(1, (short) request.to().value());
            insert.setInt(2, request.order().stripeSize());
            insert.setLong(3, request.operation().position());
            insert.setInt(4, request.to().effective() - 1);
            insert.setObject(5, ShardRows.uuid(request.tenant()));
            insert.setShort(6, (short) request.from().value());
            insert.setInt(7, request.from().effective());
            insert.executeUpdate();
        }
    }

    private static void removeParents(Connection connection, TenantId tenant) throws SQLException {
        try (PreparedStatement remove = connection.prepareStatement(REMOVE_PARENTS)) {
            remove.setObject(1, ShardRows.uuid(tenant));
            remove.executeUpdate();
        }
    }

    private static void unmarkChildren(Connection connection, SplitRequest request) throws SQLException {
        try (PreparedStatement unmark = connection.prepareStatement(UNMARK_CHILDREN)) {
            ShardRows.bind(unmark, 1, ColumnType.SHORT, request.parents(), parent ->
                    (short) parent.shard().number());
            ShardRows.bind(
                    unmark,
                    2,
                    ColumnType.LONG,
                    request.parents(),
                    parent -> parent.node().value());
            unmark.setObject(3, ShardRows.uuid(request.tenant()));
            unmark.setLong(4, request.operation().position());
            unmark.setInt(5, request.from().effective());
            unmark.executeUpdate();
        }
    }

    private static void note(Connection connection, TenantId tenant, OperationId operation, String state)
            throws SQLException {
        try (PreparedStatement note = connection.prepareStatement(NOTE)) {
            note.setLong(1, operation.position());
            note.setString(2, state);
            note.setObject(3, ShardRows.uuid(tenant));
            note.executeUpdate();
        }
    }
}
