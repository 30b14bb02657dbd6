package dev.berth.gateway.http.tenant;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.http.TenantPresence;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.TenantCommand;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Creating, configuring and deleting tenants under /v1/tenant (http-api 9.1-9.3). */
public final class TenantController {
    private static final int SHARD_BYTES = 90;

    private final Cell cell;

    public TenantController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v1/tenant", "v1_tenant", this::create).gate(),
                Route.delete("/v1/tenant/{tenant_id}", "v1_tenant", this::delete)
                        .gate()
                        .limit(),
                Route.put("/v1/tenant/config", "v1_tenant_config", this::setConfig)
                        .gate(),
                Route.patch("/v1/tenant/config", "v1_tenant_config", this::patchConfig)
                        .gate(),
                Route.get("/v1/tenant/{tenant_id}/config", "v1_tenant_config", this::config)
                        .gate()
                        .limit());
    }

    /** Attaching may take longer than the caller waits, or fail for now: the tenant exists all the same. */
    private Answer create(Call call) {
        CreateTenant command = CreateTenantBody.read(call.json()).command();
        Cell.Accepted accepted = cell.submit(call.origin(), command);
        if (accepted.reply() instanceof Reply.PartlyScheduled partly) {
            throw ApiError.conflict("Failed to schedule shard(s): " + obstacle(partly.reason()));
        }
        Tenant created = cell.state().tenant(command.tenant());
        if (created == null) {
            throw ApiError.conflict("Tenant " + command.tenant() + " was deleted meanwhile");
        }
        List<@Nullable Generation> generations = generationsBefore(created, accepted.position());
        cell.awaitTenant(created.id(), Limits.RECONCILE_WAIT, TenantController::isPlaced);
        Tenant placed = Objects.requireNonNullElse(cell.state().tenant(created.id()), created);
        return Answer.json(201, locations(placed, generations));
    }

    private static String obstacle(RejectionReason reason) {
        return reason == RejectionReason.NO_PAGESERVERS
                ? "No pageservers found"
                : "No pageserver found matching constraint";
    }

    /** Of a new tenant those that its first attachments count up from, of one that was there already those it has. */
    private static List<@Nullable Generation> generationsBefore(Tenant tenant, long position) {
        boolean fresh = tenant.incarnation() == position;
        List<@Nullable Generation> generations = new ArrayList<>(tenant.shards().size());
        for (Shard shard : tenant.shards()) {
            generations.add(fresh ? tenant.initialGeneration() : shard.generation());
        }
        return generations;
    }

    private static boolean isPlaced(@Nullable Tenant tenant) {
        return tenant == null
                || tenant.shards().stream()
                        .allMatch(shard ->
                                shard.attached() == null ? !shard.hasWorkInFlight() : shard.isAttachedAsIntended());
    }

    private static JsonOut locations(Tenant tenant, List<@Nullable Generation> generations) {
        JsonOut out = new JsonOut(16 + tenant.shards().size() * SHARD_BYTES).raw("{\"shards\":[");
        boolean more = false;
        for (Shard shard : tenant.shards()) {
            if (shard.attached() != null && shard.number() < generations.size()) {
                Generation generation = generations.get(shard.number());
                out.comma(more)
                        .raw("{\"shard_id\":")
                        .shard(tenant.shardId(shard.number()))
                        .raw(",\"node_id\":")
                        .node(shard.attached())
                        .raw(",\"generation\":")
                        .number(generation == null ? null : generation.value())
                        .raw("}");
                more = true;
            }
        }
        return out.raw("]}");
    }

    private Answer delete(Call call) {
        TenantId id = call.tenantId();
        Cell.Accepted accepted = cell.submit(call.origin(), new DeleteTenant(id));
        if (accepted.reply() instanceof Reply.OperationStarted(OperationId operation)) {
            if (!cell.awaitOperation(operation, Limits.RECONCILE_WAIT, Objects::isNull)) {
                throw ApiError.timeout("Timeout waiting for the deletion of tenant " + id
                        + ", which goes on as operation " + operation);
            }
            cell.abortReason(operation).ifPresent(reason -> {
                throw ApiError.internal("Tenant " + id + " was not deleted: " + reason);
            });
        }
        return Answer.OK_NULL;
    }

    private Answer setConfig(Call call) {
        TenantConfigBody body = TenantConfigBody.read(call.json());
        return configured(call, new SetTenantConfig(body.tenant(), body.config()));
    }

    private Answer patchConfig(Call call) {
        TenantConfigBody body = TenantConfigBody.read(call.json());
        return configured(call, new PatchTenantConfig(body.tenant(), body.patch()));
    }

    /** Stored is enough; pageservers are given a moment to have it, too. */
    private Answer configured(Call call, TenantCommand command) {
        cell.submit(call.origin(), command);
        cell.awaitTenant(command.tenant(), Limits.SHORT_RECONCILE_WAIT, TenantController::isQuiet);
        return Answer.OK_NULL;
    }

    private static boolean isQuiet(@Nullable Tenant tenant) {
        return tenant == null || tenant.shards().stream().noneMatch(Shard::hasWorkInFlight);
    }

    private Answer config(Call call) {
        String config = TenantPresence.find(cell, call.tenantId())
                .orElseThrow(() -> ApiError.notFound("Tenant not found"))
                .config()
                .canonicalJson();
        return Answer.json(new JsonOut(64 + 2 * config.length())
                .raw("{\"tenant_specific_overrides\":")
                .json(config)
                .raw(",\"effective_config\":")
                .json(config)
                .raw("}"));
    }
}
