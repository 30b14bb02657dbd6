package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A tenant in the changelog. One that is not sharded is one entry. One of several shards is an entry without shards, and an entry for each
 * shard, so that what is written is what has changed.
 */
final class TenantEntries {
    private TenantEntries() {}

    /**
     * Hands over what has changed; a null value removes the key.
     *
     * @param before null when there was none
     * @param after null when it was removed
     * @param whole write everything: what the changelog has of the tenant is in another form
     */
    static void changes(
            @Nullable Tenant before,
            @Nullable Tenant after,
            boolean whole,
            BiConsumer<byte[], byte @Nullable []> entries) {
        if (before != null && isApart(before)) {
            before.shards().stream()
                    .map(shard -> before.shardId(shard.number()))
                    .filter(id -> after == null || !isApart(after) || after.shard(id) == null)
                    .forEach(id -> entries.accept(StateCodec.key(id), null));
        }
        if (after == null) {
            if (before != null) {
                entries.accept(StateCodec.key(before.id()), null);
            }
        } else if (isApart(after)) {
            if (whole || before == null || !before.equals(after.withShards(before.shards()))) {
                entries.accept(StateCodec.key(after.id()), StateCodec.encode(after.withShards(List.of())));
            }
            for (Shard shard : after.shards()) {
                TenantShardId id = after.shardId(shard.number());
                if (whole || before == null || before.shard(id) != shard) {
                    entries.accept(StateCodec.key(id), StateCodec.encode(shard));
                }
            }
        } else {
            entries.accept(StateCodec.key(after.id()), StateCodec.encode(after));
        }
    }

    private static boolean isApart(Tenant tenant) {
        return tenant.shards().size() > 1;
    }

    /** Puts tenants together again. Entries come in any order: compaction keeps the newest of each key where it was written. */
    static final class Assembly {
        private final Map<TenantId, Tenant> tenants = new HashMap<>();
        private final Map<TenantId, Map<TenantShardId, Shard>> shards = new HashMap<>();

        void tenant(TenantId id, @Nullable Tenant tenant) {
            if (tenant == null) {
                tenants.remove(id);
            } else {
                tenants.put(id, tenant);
            }
        }

        void shard(TenantShardId id, @Nullable Shard shard) {
            if (shard != null) {
                shards.computeIfAbsent(id.tenant(), tenant -> new HashMap<>()).put(id, shard);
                return;
            }
            shards.computeIfPresent(id.tenant(), (tenant, rest) -> {
                rest.remove(id);
                return rest.isEmpty() ? null : rest;
            });
        }

        /**
         * All entries up to some committed command have been handed over. Harmless when repeated.
         *
         * @return tenants of several shards in one entry, as older builds wrote them
         * @throws IllegalStateException when shards are missing
         */
        Set<TenantId> putInto(ControllerState state) {
            Set<TenantId> whole = new HashSet<>();
            for (Tenant tenant : tenants.values()) {
                if (tenant.shards().isEmpty()) {
                    state.put(tenant.withShards(shardsOf(tenant)));
                } else {
                    state.put(tenant);
                    if (isApart(tenant)) {
                        whole.add(tenant.id());
                    }
                }
            }
            tenants.clear();
            shards.clear();
            return whole;
        }

        private List<Shard> shardsOf(Tenant tenant) {
            Map<TenantShardId, Shard> found = shards.getOrDefault(tenant.id(), Map.of());
            List<Shard> inOrder = new ArrayList<>(tenant.count().effective());
            for (int number = 0; number < tenant.count().effective(); number++) {
                Shard shard = found.get(tenant.shardId(number));
                if (shard == null) {
                    throw new IllegalStateException("the state has no entry of shard " + tenant.shardId(number));
                }
                inOrder.add(shard);
            }
            return inOrder;
        }
    }
}
