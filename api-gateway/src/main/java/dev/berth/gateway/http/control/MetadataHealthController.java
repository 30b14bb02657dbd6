package dev.berth.gateway.http.control;

import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonIn;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.MetadataHealth;
import dev.berth.schemas.config.Humantime;
import dev.berth.schemas.id.TenantShardId;
import java.time.Duration;
import java.util.List;

/** What the scrubber finds of shards' metadata, kept in the ledger beside their generations (http-api 8.1). */
public final class MetadataHealthController {
    private static final int RECORD_BYTES = 128;

    private final MetadataHealth health;

    public MetadataHealthController(Ledger ledger) {
        this.health = ledger.metadataHealth();
    }

    public List<Route> routes() {
        String path = "/control/v1/metadata_health";
        return List.of(
                Route.post(path + "/update", "control_v1_metadata_health_update", this::update),
                Route.get(path + "/unhealthy", "control_v1_metadata_health_list_unhealthy", this::unhealthy),
                Route.post(path + "/outdated", "control_v1_metadata_health_list_outdated", this::outdated));
    }

    private Answer update(Call call) {
        JsonIn body = call.json();
        List<TenantShardId> healthy = shards(body.required("healthy_tenant_shards"));
        List<TenantShardId> unhealthy = shards(body.required("unhealthy_tenant_shards"));
        health.update(healthy, unhealthy);
        return Answer.json(new JsonOut(2).raw("{}"));
    }

    private static List<TenantShardId> shards(JsonIn list) {
        return list.list(each -> each.text(TenantShardId::of));
    }

    private Answer unhealthy(Call call) {
        List<TenantShardId> shards = health.unhealthy();
        JsonOut out = new JsonOut(RECORD_BYTES * (1 + shards.size())).raw("{\"unhealthy_tenant_shards\":[");
        boolean more = false;
        for (TenantShardId shard : shards) {
            out.comma(more).shard(shard);
            more = true;
        }
        return Answer.json(out.raw("]}"));
    }

    private Answer outdated(Call call) {
        Duration age = call.json().required("not_scrubbed_for").text(Humantime::parse);
        List<MetadataHealth.Health> records = health.notScrubbedFor(age);
        JsonOut out = new JsonOut(RECORD_BYTES * (1 + records.size())).raw("{\"health_records\":[");
        boolean more = false;
        for (MetadataHealth.Health each : records) {
            out.comma(more).raw("{\"tenant_shard_id\":").shard(each.shard());
            out.raw(",\"healthy\":").bool(each.healthy());
            out.raw(",\"last_scrubbed_at\":").text(each.scrubbedAt().toString()).raw("}");
            more = true;
        }
        return Answer.json(out.raw("]}"));
    }
}
