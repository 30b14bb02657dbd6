package dev.berth.workflows.port;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Issues generations with the fence of the real one (P1), in memory. */
public final class FakeLedger implements GenerationLedger {
    private record Row(NodeId node, Generation generation, long fence) {}

    private final Journal journal;
    private final Map<TenantShardId, Row> rows = new HashMap<>();
    private final List<Generation> issued = new ArrayList<>();
    private final Set<TenantId> deleted = new HashSet<>();
    private final Set<NodeId> tombstones = new HashSet<>();

    public FakeLedger(Journal journal) {
        this.journal = journal;
    }

    public synchronized void own(TenantShardId shard, NodeId node, Generation generation, long fence) {
        rows.put(shard, new Row(node, generation, fence));
    }

    public synchronized List<Generation> issued() {
        return List.copyOf(issued);
    }

    public synchronized boolean isDeleted(TenantId tenant) {
        return deleted.contains(tenant);
    }

    @Override
    public Optional<Generation> issue(Request request) {
        enter("issue for " + request.node());
        synchronized (this) {
            Row row = rows.get(request.shard());
            if (row != null && request.sequence() <= row.fence()) {
                return Optional.empty();
            }
            long known = request.known() == null ? 0 : request.known().value();
            long newest = row == null ? 0 : row.generation().value();
            Generation generation = new Generation(Math.max(known, newest) + 1);
            rows.put(request.shard(), new Row(request.node(), generation, request.sequence()));
            issued.add(generation);
            return Optional.of(generation);
        }
    }

    @Override
    public Optional<Owner> owner(TenantShardId shard) {
        enter("owner");
        synchronized (this) {
            return Optional.ofNullable(rows.get(shard)).map(row -> new Owner(row.node(), row.generation()));
        }
    }

    @Override
    public void deleteTenant(TenantId tenant, long incarnation) {
        enter("delete rows");
        synchronized (this) {
            rows.keySet().removeIf(shard -> shard.tenant().equals(tenant));
            deleted.add(tenant);
        }
    }

    @Override
    public void deleteNode(NodeId node) {
        enter("tombstone");
        synchronized (this) {
            tombstones.add(node);
        }
    }

    public synchronized boolean isTombstone(NodeId node) {
        return tombstones.contains(node);
    }

    private void enter(String call) {
        Journal.unchecked(() -> {
            journal.enter(call);
            return call;
        });
    }
}
