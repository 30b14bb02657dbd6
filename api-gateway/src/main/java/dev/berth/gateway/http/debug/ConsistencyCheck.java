package dev.berth.gateway.http.debug;

import dev.berth.gateway.Limits;
import dev.berth.gateway.error.ApiError;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.NodeRow;
import dev.berth.ledger.ShardRow;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what the log says with what the ledger holds; means something only while nothing is changing. */
final class ConsistencyCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ConsistencyCheck.class);

    private final Ledger ledger;

    ConsistencyCheck(Ledger ledger) {
        this.ledger = ledger;
    }

    void run(ControllerView state) {
        nodes(state);
        Map<TenantShardId, Shard> slice = new TreeMap<>();
        for (Tenant tenant : state.tenants().values()) {
            for (Shard shard : tenant.shards()) {
                TenantShardId id = tenant.shardId(shard.number());
                if (shard.hasWorkInFlight() || shard.operation() != null || tenant.isDeleting()) {
                    throw ApiError.internal("Shard " + id + " reconciliation in progress");
                }
                if (tenant.policy().isAttached() && shard.isAttachedAsIntended()) {
                    slice.put(id, shard);
                }
                if (slice.size() == Limits.CONSISTENCY_SLICE) {
                    shards(slice);
                    slice.clear();
                }
            }
        }
        shards(slice);
    }

    private void nodes(ControllerView state) {
        Map<Object, NodeRegistration> inLedger = new TreeMap<>();
        for (NodeRow row : ledger.nodes()) {
            if (!row.deleted()) {
                inLedger.put(row.registration().id(), row.registration());
            }
        }
        Map<Object, NodeRegistration> inState = new TreeMap<>();
        for (Node node : state.nodes().values()) {
            inState.put(node.id(), node.registration());
        }
        if (!inLedger.equals(inState)) {
            LOG.warn("nodes differ: ledger {}, state {}", inLedger, inState);
            throw ApiError.internal("Node consistency failure");
        }
    }

    private void shards(Map<TenantShardId, Shard> expected) {
        if (expected.isEmpty()) {
            return;
        }
        List<TenantShardId> ids = new ArrayList<>(expected.keySet());
        List<ShardRow> rows = ledger.read(ids);
        boolean same =
                rows.size() == ids.size() && rows.stream().allMatch(row -> isSame(row, expected.get(row.shard())));
        if (!same) {
            LOG.warn("shards differ between ledger and state, among {}", ids);
            throw ApiError.internal("Shard consistency failure");
        }
    }

    private static boolean isSame(ShardRow row, @org.jspecify.annotations.Nullable Shard shard) {
        return shard != null
                && Objects.equals(row.generation(), shard.generation())
                && Objects.equals(row.node(), shard.attached());
    }
}
