package dev.berth.gateway.http.control;

import dev.berth.gateway.http.Route;
import dev.berth.schemas.id.PlanId;
import java.util.List;

/** Plans that were made with {@code dry_run=true}, as long as they are kept. */
public final class PlanController {
    private final OperationPlans plans;

    public PlanController(OperationPlans plans) {
        this.plans = plans;
    }

    public List<Route> routes() {
        return List.of(Route.get(
                "/control/v1/plan/{plan_id}",
                "control_v1_plan",
                call -> PlanDocument.answer(plans.find(call.parameter("plan_id", PlanId::new)))));
    }
}
