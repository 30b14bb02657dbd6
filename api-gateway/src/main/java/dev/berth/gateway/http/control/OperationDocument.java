package dev.berth.gateway.http.control;

import dev.berth.gateway.http.JsonOut;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSummary;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An operation in JSON. */
final class OperationDocument {
    private OperationDocument() {}

    /** As in a list, without a link and its steps. */
    static void write(JsonOut out, OperationFacts facts) {
        summary(out, facts);
        out.raw("}");
    }

    /** @param workflow its id in Temporal
     * @param temporalUi where a person sees workflows; null when nobody said */
    static void writeWhole(JsonOut out, OperationFacts facts, String workflow, @Nullable URI temporalUi) {
        summary(out, facts);
        out.raw(",\"workflow_id\":").text(workflow);
        if (temporalUi != null) {
            out.raw(",\"temporal_url\":").text(link(temporalUi, workflow));
        }
        out.raw(",\"steps\":[");
        OperationProgress progress = facts.summary().progress();
        boolean more = false;
        if (progress != null) {
            for (OperationProgress.Step step : progress.steps()) {
                out.comma(more).raw("{\"step\":").text(step.name()).raw(",\"at\":");
                time(out, step.atMs());
                out.raw(",\"error\":").text(step.error()).raw("}");
                more = true;
            }
        }
        out.raw("]}");
    }

    private static String link(URI base, String workflow) {
        String address = base.toString();
        return (address.endsWith("/") ? address : address + "/") + "namespaces/default/workflows/"
                + URLEncoder.encode(workflow, StandardCharsets.UTF_8);
    }

    private static void summary(JsonOut out, OperationFacts facts) {
        OperationSummary summary = facts.summary();
        MigrationOrder order = summary.order();
        out.raw("{\"id\":").text(facts.id().toString());
        out.raw(",\"kind\":").text(lower(summary.kind()));
        out.raw(",\"state\":").text(facts.state().text());
        out.raw(",\"stage\":").text(lower(summary.stage()));
        out.raw(",\"tenant_id\":");
        if (summary.tenant() == null) {
            out.raw("null");
        } else {
            out.tenant(summary.tenant());
        }
        out.raw(",\"tenant_shard_id\":");
        shard(out, summary.shard());
        out.raw(",\"node_id\":").node(summary.node());
        out.raw(",\"origin_node_id\":").node(order == null ? null : order.origin());
        out.raw(",\"destination_node_id\":").node(order == null ? null : order.destination());
        out.raw(",\"plan_id\":")
                .text(summary.plan() == null ? null : summary.plan().value());
        out.raw(",\"accepted_at\":");
        time(out, summary.acceptedAtMs());
        out.raw(",\"ended_at\":");
        time(out, facts.endedAtMs());
        out.raw(",\"waiting\":").text(facts.preempted() == null ? facts.waiting() : facts.preempted());
        out.raw(",\"abort_reason\":").text(facts.abortReason());
        out.raw(",\"steering\":");
        steering(out, facts.steering(), facts.steered());
        out.raw(",\"progress\":");
        progress(out, summary.progress());
    }

    private static void steering(JsonOut out, @Nullable OperationSteering steering, boolean taken) {
        if (steering == null) {
            out.raw("null");
            return;
        }
        out.raw("{\"action\":").text(lower(steering.action()));
        out.raw(",\"reason\":").text(steering.reason());
        out.raw(",\"taken\":").bool(taken).raw("}");
    }

    private static void progress(JsonOut out, @Nullable OperationProgress progress) {
        if (progress == null) {
            out.raw("null");
            return;
        }
        out.raw("{\"step\":").text(progress.step());
        out.raw(",\"done\":").number(progress.done());
        out.raw(",\"total\":").number(progress.total());
        out.raw(",\"estimated_end\":");
        time(out, progress.estimatedEndMs());
        out.raw(",\"skipped\":[");
        boolean more = false;
        for (OperationProgress.Skipped skipped : progress.skipped()) {
            out.comma(more).raw("{\"tenant_shard_id\":").shard(skipped.shard());
            out.raw(",\"reason\":").text(skipped.reason()).raw("}");
            more = true;
        }
        out.raw("]}");
    }

    private static void shard(JsonOut out, @Nullable TenantShardId shard) {
        if (shard == null) {
            out.raw("null");
        } else {
            out.shard(shard);
        }
    }

    private static void time(JsonOut out, @Nullable Long atMs) {
        out.text(atMs == null ? null : Instant.ofEpochMilli(atMs).toString());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
