package dev.berth.gateway.http.control;

import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Call;
import dev.berth.schemas.id.PlanId;
import org.jspecify.annotations.Nullable;

/**
 * Whether an operation is asked for, only planned, or asked for as it was planned.
 *
 * @param plan to be carried out; null when there is none
 */
record PlanQuery(boolean dryRun, @Nullable PlanId plan) {
    static PlanQuery read(Call call) {
        boolean dryRun = call.query("dry_run", PlanQuery::flag).orElse(false);
        PlanId plan = call.query("plan_id", PlanId::new).orElse(null);
        if (dryRun && plan != null) {
            throw ApiError.badRequest("dry_run makes a plan and plan_id carries one out: not both");
        }
        return new PlanQuery(dryRun, plan);
    }

    static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("provided string was not `true` or `false`");
        };
    }
}
