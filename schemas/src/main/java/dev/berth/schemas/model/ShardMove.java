package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/**
 * One step by which an operation on a node takes a shard away from it, or to it.
 *
 * @param to the node whose copy must be warm before; null when none is asked
 * @param plan that it is a step of; null when it was planned as the operation went on
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ShardMove(
        TenantShardId shard,
        Action action,
        @Nullable NodeId to,
        @Nullable PlannedShard plan) {
    public ShardMove(TenantShardId shard, Action action, @Nullable NodeId to) {
        this(shard, action, to, null);
    }

    /** What becomes of the shard's intent. */
    public enum Action {
        /** A secondary takes over the attachment; where the policy has secondaries the former node keeps one. */
        PROMOTE,
        /** One more secondary is made, so that it can warm up before anything is taken away. */
        PREPARE,
        /** The node's secondary goes: others are there for it. */
        DROP,
        /** Whatever the node has of the shard is placed elsewhere, warm or not. */
        RELOCATE
    }
}
