package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A tenant with all its shards, in shard order.
 *
 * @param incarnation position of its creation
 * @param initialGeneration what the ledger rows begin with; null when it starts without attachment
 * @param preferredAz home availability zone, one for all shards
 * @param mappingNumber of the newest mapping emitted; 0 before the first
 * @param mapping nodes of that mapping, one per shard
 * @param acknowledgedMapping number the control plane last applied; 0 when it is not known what it believes
 * @param notifyError why it could not be told, while it could not
 * @param deleting the operation that deletes it
 * @param frozen invariant that was violated
 * @param splitting the operation that splits it, until that is committed or undone
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Tenant(
        TenantId id,
        long incarnation,
        ShardCount count,
        int stripeSize,
        @Nullable Generation initialGeneration,
        PlacementPolicy policy,
        ShardSchedulingPolicy scheduling,
        TenantConfig config,
        @Nullable String preferredAz,
        List<Shard> shards,
        long mappingNumber,
        List<NodeId> mapping,
        long acknowledgedMapping,
        @Nullable NotifyFailure notifyError,
        @Nullable OperationId deleting,
        @Nullable String frozen,
        @Nullable OperationId splitting) {

    public Tenant {
        shards = shards == null ? List.of() : List.copyOf(shards);
        mapping = mapping == null ? List.of() : List.copyOf(mapping);
    }

    public TenantShardId shardId(int number) {
        return new TenantShardId(id, number, count.value());
    }

    /** The shard with this number, null when the id is not one of this tenant's (another count, say). */
    public @Nullable Shard shard(TenantShardId shard) {
        return shard.count() == count.value() && shard.number() < shards.size() ? shards.get(shard.number()) : null;
    }

    @JsonIgnore
    public boolean isDeleting() {
        return deleting != null;
    }

    /** Whether computes are known to believe the newest mapping. */
    @JsonIgnore
    public boolean isMappingAcknowledged() {
        return mappingNumber == acknowledgedMapping;
    }

    /** Decides the heatmap setting of a shard's attached location (behaviour 1.3). */
    public boolean wantsHeatmaps(Shard shard) {
        return policy.isAttached()
                && (policy.secondaries() > 0 || !shard.secondaries().isEmpty());
    }

    public Tenant withShard(Shard shard) {
        List<Shard> changed = new ArrayList<>(shards);
        changed.set(shard.number(), shard);
        return withShards(changed);
    }

    public Tenant withShards(List<Shard> newShards) {
        return with(next -> next.shards = newShards);
    }

    public Tenant withConfig(TenantConfig newConfig) {
        return with(next -> next.config = newConfig);
    }

    public Tenant withPolicy(PlacementPolicy newPolicy, ShardSchedulingPolicy newScheduling) {
        return with(next -> {
            next.policy = newPolicy;
            next.scheduling = newScheduling;
        });
    }

    /** Shards that have none count up from this one. */
    public Tenant withGeneration(Generation generation) {
        return with(next -> {
            next.initialGeneration = generation;
            next.shards = shards.stream()
                    .map(shard -> shard.generation() == null ? shard.withObserved(shard.observed(), generation) : shard)
                    .toList();
        });
    }

    public Tenant withPreferredAz(@Nullable String zone) {
        return with(next -> next.preferredAz = zone);
    }

    public Tenant withMapping(long number, List<NodeId> nodes, long acknowledged, @Nullable NotifyFailure error) {
        return with(next -> {
            next.mappingNumber = number;
            next.mapping = nodes;
            next.acknowledgedMapping = acknowledged;
            next.notifyError = error;
        });
    }

    public Tenant withDeleting(@Nullable OperationId operation) {
        return with(next -> next.deleting = operation);
    }

    public Tenant withFrozen(String invariant) {
        return with(next -> next.frozen = invariant);
    }

    public Tenant withSplitting(@Nullable OperationId operation) {
        return with(next -> next.splitting = operation);
    }

    /** The tenant when its split is committed. What computes were told of its former shards is nothing to compare with any more. */
    public Tenant split(ShardCount newCount, int newStripeSize, List<Shard> children) {
        return with(next -> {
            next.count = newCount;
            next.stripeSize = newStripeSize;
            next.shards = children;
            next.mapping = List.of();
            next.splitting = null;
        });
    }

    private Tenant with(Consumer<Fields> change) {
        Fields fields = new Fields(this);
        change.accept(fields);
        return fields.tenant();
    }

    /** What the next tenant is made of: all that this one is, until some of it is set to something else. */
    private static final class Fields {
        private TenantId id;
        private long incarnation;
        private ShardCount count;
        private int stripeSize;
        private @Nullable Generation initialGeneration;
        private PlacementPolicy policy;
        private ShardSchedulingPolicy scheduling;
        private TenantConfig config;
        private @Nullable String preferredAz;
        private List<Shard> shards;
        private long mappingNumber;
        private List<NodeId> mapping;
        private long acknowledgedMapping;
        private @Nullable NotifyFailure notifyError;
        private @Nullable OperationId deleting;
        private @Nullable String frozen;
        private @Nullable OperationId splitting;

        Fields(Tenant tenant) {
            this.id = tenant.id;
            this.incarnation = tenant.incarnation;
            this.count = tenant.count;
            this.stripeSize = tenant.stripeSize;
            this.initialGeneration = tenant.initialGeneration;
            this.policy = tenant.policy;
            this.scheduling = tenant.scheduling;
            this.config = tenant.config;
            this.preferredAz = tenant.preferredAz;
            this.shards = tenant.shards;
            this.mappingNumber = tenant.mappingNumber;
            this.mapping = tenant.mapping;
            this.acknowledgedMapping = tenant.acknowledgedMapping;
            this.notifyError = tenant.notifyError;
            this.deleting = tenant.deleting;
            this.frozen = tenant.frozen;
            this.splitting = tenant.splitting;
        }

        Tenant tenant() {
            return new Tenant(
                    id,
                    incarnation,
                    count,
                    stripeSize,
                    initialGeneration,
                    policy,
                    scheduling,
                    config,
                    preferredAz,
                    shards,
                    mappingNumber,
                    mapping,
                    acknowledgedMapping,
                    notifyError,
                    deleting,
                    frozen,
                    splitting);
        }
    }
}
