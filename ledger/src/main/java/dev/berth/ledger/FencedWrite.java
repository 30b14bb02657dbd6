package dev.berth.ledger;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A bump, or without a node a release: both write a row under its fence. */
record FencedWrite(
        TenantRows tenant,
        TenantShardId shard,
        @Nullable Generation known,
        @Nullable NodeId node,
        long sequence) {
    /** Key order, and of several for one key the one that supersedes the others first. */
    static final Comparator<FencedWrite> ORDER = Comparator.comparing(FencedWrite::shard)
            .thenComparing(write -> write.tenant.incarnation(), Comparator.reverseOrder())
            .thenComparing(FencedWrite::sequence, Comparator.reverseOrder());

    static void check(TenantRows tenant, TenantShardId shard, long sequence) {
        if (!shard.tenant().equals(tenant.tenant()) || !shard.index().count().equals(tenant.count())) {
            throw new IllegalArgumentException("shard " + shard + " is none of tenant " + tenant);
        }
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence of " + shard + " must be positive: " + sequence);
        }
    }

    /** A generation above the initial one was issued, so the tenant's rows are there, if the ledger lost nothing. */
    boolean rowsSurelyExist() {
        return known != null && (tenant.initialGeneration() == null || known.compareTo(tenant.initialGeneration()) > 0);
    }

    /** What became of the write. */
    sealed interface Outcome {
        record Written(@Nullable Generation generation) implements Outcome {
            /** A bump always leaves a generation. */
            Generation issued() {
                return Objects.requireNonNull(generation);
            }
        }

        record SameSequence(ShardRow row) implements Outcome {}

        record NewerSequence(ShardRow row) implements Outcome {}

        record Gone() implements Outcome {}
    }
}
