package dev.berth.ledger;

import dev.berth.ledger.ReattachResult.Location;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportReattachedShards;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ShardGeneration;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** P7: a node starts and is told what it owns, in one transaction under its row lock. */
final class Reattachment {
    /** Shards in one fact for the log (P15). */
    private static final int SLICE = 512;

    /** The index on the node goes on in key order, so this locks as a batch of bumps does. */
    private static final String OWN = """
            UPDATE shard_generation SET generation = coalesce(generation, 0) + 1 WHERE node = ?
            RETURNING tenant, number, count, generation, stripe_size
            """;

    private static final String KEEP = "SELECT tenant, number, count, stripe_size FROM shard_location WHERE node = ?";

    private final Transactions transactions;
    private final NodeTable nodes;
    private final Outbox outbox;

    Reattachment(Transactions transactions, NodeTable nodes, Outbox outbox) {
        this.transactions = transactions;
        this.nodes = nodes;
        this.outbox = outbox;
    }

    /** Refusals write nothing: a registration that is refused has not written either. */
    ReattachResult reattach(ReattachRequest request) {
        return transactions.transaction("reattach", connection -> {
            if (request.registration().isPresent()) {
                RegistrationResult registered =
                        nodes.register(connection, request.registration().get());
                if (registered instanceof RegistrationResult.AddressConflict conflict) {
                    return new ReattachResult.AddressConflict(conflict.registered());
                }
                if (registered instanceof RegistrationResult.Tombstoned) {
                    return new ReattachResult.NodeDeleted();
                }
                return reattach(connection, request.node(), true);
            }
            Optional<NodeRow> stored = nodes.lock(connection, request.node());
            if (stored.isPresent() && stored.get().deleted()) {
                return new ReattachResult.NodeDeleted();
            }
            return reattach(connection, request.node(), stored.isPresent());
        });
    }

    private ReattachResult reattach(Connection connection, NodeId node, boolean registered) throws SQLException {
        long epoch = registered ? nodes.raiseEpoch(connection, node) : 0;
        List<Location> locations = own(connection, node);
        int owned = locations.size();
        outbox.add(connection, facts(node, epoch, registered, locations));
        keep(connection, node, locations);
        if (locations.size() > owned) {
            locations.sort(Comparator.comparing(Location::shard));
        }
        return new ReattachResult.Reattached(epoch, locations);
    }

    private static List<Location> own(Connection connection, NodeId node) throws SQLException {
        List<Location> owned = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(OWN)) {
            statement.setLong(1, node.value());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    owned.add(new Location(ShardRows.shard(row, 1), new Generation(row.getLong(4)), row.getInt(5)));
                }
            }
        }
        owned.sort(Comparator.comparing(Location::shard));
        return owned;
    }

    /**
     * Compared with what was just written, not in SQL: a row that a bump took away meanwhile is no longer owned, and its copy here must be
     * kept, not forgotten.
     */
    private static void keep(Connection connection, NodeId node, List<Location> locations) throws SQLException {
        Set<TenantShardId> owned = HashSet.newHashSet(locations.size());
        locations.forEach(location -> owned.add(location.shard()));
        try (PreparedStatement statement = connection.prepareStatement(KEEP)) {
            statement.setLong(1, node.value());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TenantShardId shard = ShardRows.shard(row, 1);
                    if (!owned.contains(shard)) {
                        locations.add(new Location(shard, null, row.getInt(4)));
                    }
                }
            }
        }
    }

    private static List<Command> facts(NodeId node, long epoch, boolean registered, List<Location> owned) {
        List<Command> facts = new ArrayList<>(2 + owned.size() / SLICE);
        if (registered) {
            facts.add(new ReportNodeReattached(node, epoch));
        }
        for (int from = 0; from < owned.size(); from += SLICE) {
            List<ShardGeneration> slice = owned.subList(from, Math.min(from + SLICE, owned.size())).stream()
                    .map(each -> new ShardGeneration(each.shard(), Objects.requireNonNull(each.generation())))
                    .toList();
            facts.add(new ReportReattachedShards(node, epoch, slice));
        }
        return facts;
    }
}
