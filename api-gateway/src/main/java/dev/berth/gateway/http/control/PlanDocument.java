package dev.berth.gateway.http.control;

import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.JsonOut;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.model.OperationPlan;
import dev.berth.schemas.model.OperationPlan.Child;
import dev.berth.schemas.model.OperationPlan.Estimate;
import dev.berth.schemas.model.OperationPlan.Move;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.ShardIntent;
import java.time.Duration;
import java.time.Instant;

/** A plan in JSON. */
final class PlanDocument {
    private static final int BYTES = 768;
    private static final int SHARD_BYTES = 256;

    private PlanDocument() {}

    static Answer answer(OperationPlan plan) {
        int shards =
                plan.moves().size() + plan.children().size() + plan.skipped().size();
        JsonOut out = new JsonOut(BYTES + SHARD_BYTES * shards);
        out.raw("{\"plan_id\":").text(plan.id().value());
        what(out, plan.what());
        out.raw(",\"position\":").text(Long.toString(plan.position()));
        out.raw(",\"made_at\":").text(Instant.ofEpochMilli(plan.madeAtMs()).toString());
        out.raw(",\"moves\":[");
        boolean more = false;
        for (Move move : plan.moves()) {
            move(out.comma(more), move);
            more = true;
        }
        out.raw("],\"children\":[");
        more = false;
        for (Child child : plan.children()) {
            out.comma(more).raw("{\"tenant_shard_id\":").shard(child.shard());
            out.raw(",\"parent\":").shard(child.parent());
            out.raw(",\"attached\":").node(child.node());
            out.raw(",\"secondaries\":");
            out.nodes(child.secondaries());
            out.raw("}");
            more = true;
        }
        out.raw("],\"skipped\":[");
        more = false;
        for (Skipped skipped : plan.skipped()) {
            out.comma(more).raw("{\"tenant_shard_id\":").shard(skipped.shard());
            out.raw(",\"reason\":").text(skipped.reason()).raw("}");
            more = true;
        }
        out.raw("]");
        estimate(out, plan.estimate());
        return Answer.json(out.raw("}"));
    }

    private static void what(JsonOut out, OperationRequest what) {
        switch (what) {
            case DrainNode drain ->
                out.raw(",\"operation\":\"drain\",\"node_id\":").node(drain.node());
            case FillNode fill ->
                out.raw(",\"operation\":\"fill\",\"node_id\":").node(fill.node());
            case DeleteNode delete ->
                out.raw(",\"operation\":\"delete\",\"node_id\":").node(delete.node());
            case MigrateShard migrate ->
                out.raw(",\"operation\":\"migrate\",\"tenant_shard_id\":").shard(migrate.shard());
            case SplitTenant split ->
                out.raw(",\"operation\":\"split\",\"tenant_id\":").tenant(split.tenant());
        }
    }

    private static void move(JsonOut out, Move move) {
        out.raw("{\"tenant_shard_id\":").shard(move.shard().shard());
        out.raw(",\"from\":");
        intent(out, move.shard().from());
        out.raw(",\"to\":");
        intent(out, move.shard().to());
        out.raw(",\"bytes_to_warm\":").number(move.bytesToWarm());
        out.raw(",\"bytes_unknown\":").text(move.unknown()).raw("}");
    }

    private static void intent(JsonOut out, ShardIntent intent) {
        out.raw("{\"attached\":").node(intent.attached());
        out.raw(",\"secondaries\":");
        out.nodes(intent.secondaries());
        out.raw("}");
    }

    private static void estimate(JsonOut out, Estimate estimate) {
        out.raw(",\"bytes_to_warm\":").number(estimate.bytesToWarm());
        out.raw(",\"moves_of_unknown_bytes\":").number(estimate.movesOfUnknownBytes());
        out.raw(",\"expected_duration\":").text(duration(estimate.expectedMs()));
        out.raw(",\"assumes\":{\"moves_at_once\":").number(estimate.movesAtOnce());
        out.raw(",\"per_move\":").text(duration(estimate.msPerMove()));
        out.raw(",\"bytes_per_second\":").number(estimate.bytesPerSecond()).raw("}");
    }

    private static String duration(long ms) {
        return Duration.ofMillis(ms).toString();
    }
}
