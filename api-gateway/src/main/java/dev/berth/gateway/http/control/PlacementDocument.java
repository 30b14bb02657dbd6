package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.http.JsonOut;
import dev.berth.scheduler.core.placement.Affinity;
import dev.berth.scheduler.core.placement.PlacementReview;
import dev.berth.scheduler.core.placement.ShardPlacer.Role;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementChoice.Candidate;
import dev.berth.schemas.model.PlacementChoice.Exclusion;
import dev.berth.schemas.model.PlacementChoice.Obstacle;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A placement and its reasons in JSON. */
final class PlacementDocument {
    private PlacementDocument() {}

    /** Where the shard is to be, and what was asked for. */
    static void intent(JsonOut out, Tenant tenant, Shard shard) {
        out.raw("{\"attached\":").node(shard.attached()).raw(",\"secondary\":");
        out.nodes(shard.secondaries());
        out.raw(",\"preferred_az_id\":").text(tenant.preferredAz());
        out.raw(",\"placement\":").raw(tenant.policy().toString());
        out.raw(",\"scheduling\":").raw(Json.text(tenant.scheduling()));
        out.raw(",\"unscheduled\":").text(shard.unscheduled()).raw("}");
    }

    /** What one command decided. */
    static void decision(JsonOut out, PlacementReads.Placed decision) {
        ShardPlaced last = decision.last();
        out.raw("{\"position\":").number(decision.position());
        out.raw(",\"at\":").text(Instant.ofEpochMilli(decision.atMs()).toString());
        out.raw(",\"command\":").text(decision.command());
        out.raw(",\"cause\":").text(lower(last.cause()));
        out.raw(",\"operation\":")
                .text(last.operation() == null ? null : last.operation().toString());
        out.raw(",\"attached\":").node(last.attached()).raw(",\"secondary\":");
        out.nodes(last.secondaries());
        out.raw(",\"choices\":[");
        boolean more = false;
        for (ShardPlaced placed : decision.placed()) {
            for (PlacementChoice choice : placed.choices()) {
                choice(out.comma(more), choice);
                more = true;
            }
        }
        out.raw("],\"previous\":").number(decision.before()).raw("}");
    }

    private static void choice(JsonOut out, PlacementChoice choice) {
        out.raw("{\"role\":").text(lower(choice.role()));
        out.raw(",\"rule\":").text(lower(choice.rule()));
        out.raw(",\"node_id\":").node(choice.node());
        out.raw(",\"candidate_count\":").number(choice.candidates()).raw(",\"candidates\":");
        candidates(out, choice.best());
        out.raw(",\"excluded\":[");
        boolean more = false;
        for (Exclusion exclusion : choice.excluded()) {
            out.comma(more).raw("{\"reason\":").text(lower(exclusion.obstacle()));
            out.raw(",\"count\":").number(exclusion.nodes()).raw(",\"node_ids\":");
            out.nodes(exclusion.first());
            out.raw("}");
            more = true;
        }
        out.raw("]}");
    }

    /** How all nodes compare as things are: with what the shard has there already. */
    static void now(JsonOut out, ControllerView state, Tenant tenant, Shard shard) {
        Affinity affinity = Affinity.ofOthers(tenant, shard.number());
        List<NodeId> attached = shard.attached() == null ? List.of() : List.of(shard.attached());
        out.raw("{\"attached\":");
        review(
                out,
                PlacementReview.of(
                        state.placement(), Role.ATTACHED, tenant.preferredAz(), affinity, shard.secondaries()));
        out.raw(",\"secondary\":");
        review(out, PlacementReview.of(state.placement(), Role.SECONDARY, tenant.preferredAz(), affinity, attached));
        out.raw("}");
    }

    private static void review(JsonOut out, PlacementReview review) {
        List<Candidate> best =
                review.candidates().subList(0, Math.min(review.candidates().size(), Limits.EXPLAINED_NODES_MAX));
        out.raw("{\"candidate_count\":").number(review.candidates().size()).raw(",\"candidates\":");
        candidates(out, best);
        out.raw(",\"excluded_count\":").number(review.excluded().size()).raw(",\"excluded\":[");
        int shown = 0;
        for (Map.Entry<NodeId, Obstacle> excluded : review.excluded().entrySet()) {
            if (shown == Limits.EXPLAINED_NODES_MAX) {
                break;
            }
            out.comma(shown > 0).raw("{\"node_id\":").node(excluded.getKey());
            out.raw(",\"reason\":").text(lower(excluded.getValue())).raw("}");
            shown++;
        }
        out.raw("]}");
    }

    private static void candidates(JsonOut out, List<Candidate> candidates) {
        out.raw("[");
        boolean more = false;
        for (Candidate candidate : candidates) {
            out.comma(more).raw("{\"node_id\":").node(candidate.node());
            out.raw(",\"score\":{\"az\":").number(candidate.zone());
            out.raw(",\"affinity\":").number(candidate.affinity());
            out.raw(",\"utilization\":").number(candidate.utilization());
            out.raw(",\"locations\":").number(candidate.locations()).raw("}}");
            more = true;
        }
        out.raw("]");
    }

    private static @Nullable String lower(@Nullable Enum<?> constant) {
        return constant == null ? null : constant.name().toLowerCase(Locale.ROOT);
    }
}
