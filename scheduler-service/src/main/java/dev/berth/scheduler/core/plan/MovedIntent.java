package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.Placements;
import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementChoice.Role;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.model.ShardIntent;
import dev.berth.schemas.model.ShardMove;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is intended for a shard once an operation on a node has made one move with it. What is next for a shard is said by
 * {@link NodeMoves} and {@link PlannedMoves}.
 *
 * @param choices how the nodes that are new to the shard were found
 */
public record MovedIntent(ShardIntent intent, List<PlacementChoice> choices) {
    /** Null when there is no node for it. */
    public static @Nullable MovedIntent after(
            Placements placements, Tenant tenant, Shard shard, NodeId leaving, ShardMove move) {
        PlannedShard plan = move.plan();
        return switch (move.action()) {
            case PROMOTE -> promoted(placements, tenant, shard, Objects.requireNonNull(move.to()));
            case PREPARE -> plan == null ? prepared(placements, tenant, shard, leaving) : prepared(shard, plan);
            case DROP ->
                new MovedIntent(
                        new ShardIntent(shard.attached(), NodeMoves.without(shard.secondaries(), leaving)), List.of());
            case RELOCATE -> plan == null ? relocated(placements, tenant, shard, leaving) : relocated(shard, plan.to());
        };
    }

    private static MovedIntent promoted(Placements placements, Tenant tenant, Shard shard, NodeId to) {
        PlacementChoice warm = ShardPlacer.decideSecondary(placements, tenant.preferredAz(), shard.secondaries());
        PlacementChoice choice =
                warm != null && to.equals(warm.node()) ? warm : PlacementChoice.ordered(Role.ATTACHED, to);
        return new MovedIntent(Intents.attachedTo(tenant, shard, to), List.of(choice));
    }

    private static @Nullable MovedIntent prepared(Placements placements, Tenant tenant, Shard shard, NodeId leaving) {
        PlacementChoice fresh = NodeMoves.newLocation(placements, tenant, shard, leaving);
        return fresh.node() == null ? null : withSecondary(shard, fresh.node(), fresh);
    }

    private static @Nullable MovedIntent prepared(Shard shard, PlannedShard plan) {
        NodeId missing = PlannedMoves.missing(shard, plan);
        return missing == null ? null : withSecondary(shard, missing, PlacementChoice.ordered(Role.SECONDARY, missing));
    }

    private static MovedIntent withSecondary(Shard shard, NodeId more, PlacementChoice choice) {
        List<NodeId> secondaries = new ArrayList<>(shard.secondaries());
        secondaries.add(more);
        return new MovedIntent(new ShardIntent(shard.attached(), secondaries), List.of(choice));
    }

    private static @Nullable MovedIntent relocated(Placements placements, Tenant tenant, Shard shard, NodeId leaving) {
        List<NodeId> secondaries = NodeMoves.without(shard.secondaries(), leaving);
        if (!NodeMoves.needsAnother(tenant, shard, leaving)) {
            return new MovedIntent(new ShardIntent(shard.attached(), secondaries), List.of());
        }
        PlacementChoice choice = NodeMoves.relocation(placements, tenant, shard, leaving);
        NodeId to = choice.node();
        if (to == null) {
            return null;
        }
        if (leaving.equals(shard.attached())) {
            return new MovedIntent(new ShardIntent(to, NodeMoves.without(secondaries, to)), List.of(choice));
        }
        List<NodeId> others = new ArrayList<>(secondaries);
        if (!others.contains(to)) {
            others.add(to);
        }
        return new MovedIntent(new ShardIntent(shard.attached(), others), List.of(choice));
    }

    /** The nodes that are new to the shard are there because a plan says so. */
    private static MovedIntent relocated(Shard shard, ShardIntent to) {
        List<PlacementChoice> choices = new ArrayList<>();
        NodeId attached = to.attached();
        if (attached != null && !attached.equals(shard.attached())) {
            choices.add(PlacementChoice.ordered(Role.ATTACHED, attached));
        }
        to.secondaries().stream()
                .filter(node -> !shard.intends(node))
                .forEach(node -> choices.add(PlacementChoice.ordered(Role.SECONDARY, node)));
        return new MovedIntent(to, choices);
    }
}
