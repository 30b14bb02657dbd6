package dev.berth.gateway.http.tenant;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonIn;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.schemas.command.TimeTravelTenant;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.reply.Reply;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Bringing a tenant's remote storage back to what it was (http-api 9.5). Answered when that is done or has failed; it goes on whether or not
 * anyone waits.
 */
public final class TimeTravelController {
    private static final Pattern RFC3339_UTC =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z");

    private final Cell cell;

    public TimeTravelController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(Route.put(
                        "/v1/tenant/{tenant_id}/time_travel_remote_storage",
                        "v1_tenant_time_travel_remote_storage",
                        this::travel)
                .gate());
    }

    private Answer travel(Call call) {
        TenantId tenant = call.tenantId();
        String travelTo = time(call, "travel_to");
        String doneIfAfter = time(call, "done_if_after");
        List<ShardCount> counts = counts(call.json());
        if (!Instant.parse(travelTo).isBefore(Instant.parse(doneIfAfter))) {
            throw ApiError.badRequest("done_if_after must be later than travel_to");
        }
        Cell.Accepted accepted = cell.submit(
                call.origin(), new TimeTravelTenant(tenant, new TimeTravelOrder(travelTo, doneIfAfter, counts)));
        if (accepted.reply() instanceof Reply.OperationStarted(OperationId operation)) {
            await(tenant, operation);
        }
        return Answer.OK_NULL;
    }

    private static String time(Call call, String name) {
        String text = call.query(name)
                .orElseThrow(() -> ApiError.badRequest("no " + name + " specified in query parameters"));
        if (!isTime(text)) {
            throw ApiError.badRequest("Invalid time for " + name + ": \"" + text + "\"");
        }
        return text;
    }

    private static boolean isTime(String text) {
        try {
            return RFC3339_UTC.matcher(text).matches() && Instant.parse(text).isBefore(Instant.MAX);
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static List<ShardCount> counts(JsonIn body) {
        return body.only(Set.of("shard_counts")).required("shard_counts").list(JsonIn::u8).stream()
                .map(ShardCount::new)
                .distinct()
                .sorted(Comparator.comparingInt(ShardCount::value))
                .toList();
    }

    private void await(TenantId tenant, OperationId operation) {
        if (!cell.awaitOperation(operation, Limits.TIME_TRAVEL_WAIT, now -> now == null)) {
            Operation open = cell.state().operation(operation);
            String waiting = open == null || open.waiting() == null ? "" : ": " + open.waiting();
            throw ApiError.timeout("Timeout waiting for the time travel of tenant " + tenant + ", operation "
                    + operation + " goes on" + waiting);
        }
        cell.abortReason(operation).ifPresent(reason -> {
            throw ApiError.internal(reason);
        });
    }
}
