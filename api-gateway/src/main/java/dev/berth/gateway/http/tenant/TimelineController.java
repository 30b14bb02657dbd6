package dev.berth.gateway.http.tenant;

import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.relay.Attachments;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TimelineId;
import dev.berth.schemas.pageserver.TimelineInfo;
import java.util.List;

/** Creating and deleting timelines under /v1/tenant/{tenant_id}/timeline (http-api 9.8, 9.9). */
public final class TimelineController {
    private final Attachments attachments;
    private final TimelineCreation creation;
    private final TimelineDeletion deletion;

    public TimelineController(Attachments attachments, TimelineCreation creation, TimelineDeletion deletion) {
        this.attachments = attachments;
        this.creation = creation;
        this.deletion = deletion;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v1/tenant/{tenant_id}/timeline", "v1_tenant_timeline", this::create)
                        .gate()
                        .limit(),
                Route.delete("/v1/tenant/{tenant_id}/timeline/{timeline_id}", "v1_tenant_timeline", this::delete)
                        .gate()
                        .limit());
    }

    private Answer create(Call call) {
        TenantId tenant = call.tenantId();
        TimelineCreateBody body = TimelineCreateBody.read(call.json());
        TimelineInfo created = attachments.guard(tenant, shards -> creation.create(body, shards));
        var answer = created.toJson();
        if (body.isReadOnly()) {
            answer.putObject("safekeepers")
                    .put("tenant_id", tenant.toString())
                    .put("timeline_id", body.id().toString())
                    .put("generation", 1)
                    .putArray("safekeepers");
        } else {
            answer.putNull("safekeepers");
        }
        return Answer.json(201, new JsonOut(1024).json(Json.text(answer)));
    }

    private Answer delete(Call call) throws InterruptedException {
        TenantId tenant = call.tenantId();
        TimelineId timeline = call.timelineId();
        return deletion.delete(tenant, timeline) ? Answer.OK_NULL : Answer.ofNull(409);
    }

    /** Shown to callers whose shard was just moved away from the pageserver that was asked. */
    static ApiError migrating() {
        return ApiError.unavailable("Tenant migration in progress");
    }
}
