package dev.berth.gateway.http.tenant;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.http.TenantPresence;
import dev.berth.gateway.relay.PageserverRelay;
import dev.berth.gateway.relay.RelayCall;
import dev.berth.gateway.relay.RelayedAnswer;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.MalformedJson;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.pageserver.SecondaryProgress;
import dev.berth.schemas.pageserver.UnreadableBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks all secondaries of a tenant to download what they lack, and adds up how far they are (http-api 9.6). */
public final class SecondaryDownload {
    private static final int GOES_ON = 202;

    private final Cell cell;
    private final PageserverRelay relay;

    public SecondaryDownload(Cell cell, PageserverRelay relay) {
        this.cell = cell;
        this.relay = relay;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v1/tenant/{tenant_id}/secondary/download", "v1_tenant_secondary_download", this::download)
                        .gate()
                        .limit());
    }

    private Answer download(Call call) {
        TenantId id = call.tenantId();
        long waitMs = call.query("wait_ms", SecondaryDownload::millis).orElse(0L);
        Tenant tenant = TenantPresence.find(cell, id).orElseThrow(() -> notFound(id));
        List<CompletableFuture<RelayedAnswer>> calls = calls(tenant, waitMs);
        if (calls.isEmpty()) {
            throw notFound(id);
        }
        return sum(calls);
    }

    /** More than a day is a mistake. */
    private static long millis(String text) {
        long millis = Long.parseUnsignedLong(text);
        if (millis < 0 || millis > Limits.SECONDARY_DOWNLOAD_WAIT_MAX.toMillis()) {
            throw new IllegalArgumentException("at most " + Limits.SECONDARY_DOWNLOAD_WAIT_MAX.toMillis());
        }
        return millis;
    }

    private static ApiError notFound(TenantId id) {
        return ApiError.notFound("Tenant " + id + " not found");
    }

    private List<CompletableFuture<RelayedAnswer>> calls(Tenant tenant, long waitMs) {
        ControllerView state = cell.state();
        Duration timeout = Duration.ofMillis(waitMs).plus(Limits.SECONDARY_DOWNLOAD_ANSWER);
        List<CompletableFuture<RelayedAnswer>> calls = new ArrayList<>();
        for (Shard shard : tenant.shards()) {
            String target = "/v1/tenant/" + tenant.shardId(shard.number()) + "/secondary/download?wait_ms=" + waitMs;
            for (NodeId secondary : shard.secondaries()) {
                Node node = state.node(secondary);
                if (node != null) {
                    calls.add(relay.send(RelayCall.management(
                            node.registration(), "secondary_download", "POST", target, null, timeout)));
                }
            }
        }
        return calls;
    }

    /** Some that fail are made up for by those that do not. */
    private static Answer sum(List<CompletableFuture<RelayedAnswer>> calls) {
        SecondaryProgress sum = SecondaryProgress.NONE;
        boolean any = false;
        boolean goesOn = false;
        ApiError failure = ApiError.conflict("Error from pageserver: no answer");
        for (CompletableFuture<RelayedAnswer> each : calls) {
            try {
                RelayedAnswer answer = Cell.join(each);
                if (!answer.isSuccess()) {
                    throw answer.error();
                }
                sum = sum.plus(SecondaryProgress.parse(Json.parse(answer.body())));
                any = true;
                goesOn |= answer.status() == GOES_ON;
            } catch (ApiError | MalformedJson | UnreadableBody e) {
                failure = ApiError.conflict("Error from pageserver: " + e.getMessage());
            }
        }
        if (!any) {
            throw failure;
        }
        return Answer.json(
                goesOn ? GOES_ON : 200, new JsonOut(160).raw(sum.toJson().toString()));
    }
}
