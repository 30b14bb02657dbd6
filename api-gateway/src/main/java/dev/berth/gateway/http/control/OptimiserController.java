package dev.berth.gateway.http.control;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonIn;
import dev.berth.gateway.http.Route;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.model.OptimiserMode;
import java.util.List;
import java.util.Set;

/** What the optimiser does, what it would do, and whether it shall; Berth's own. */
public final class OptimiserController {
    private static final String PATH = "/control/v1/optimiser";
    private static final Set<String> FIELDS = Set.of(
            "mode",
            "load",
            "moves_max",
            "moves_per_node_max",
            "moves_per_zone_max",
            "moves_per_tenant_max",
            "moves_per_hour_max");

    private final Cell cell;

    public OptimiserController(Cell cell) {
        this.cell = cell;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(PATH, "control_v1_optimiser", this::show),
                Route.put(PATH, "control_v1_optimiser", this::configure));
    }

    private Answer show(Call call) {
        cell.catchUp();
        return Answer.json(OptimiserDocument.of(cell.state()));
    }

    private Answer configure(Call call) {
        JsonIn body = call.json().only(FIELDS);
        cell.submit(
                call.origin(),
                new ConfigureOptimiser(
                        body.optional("mode", OptimiserController::mode),
                        body.optional("load", OptimiserController::mode),
                        body.optional("moves_max", JsonIn::u16),
                        body.optional("moves_per_node_max", JsonIn::u16),
                        body.optional("moves_per_zone_max", JsonIn::u16),
                        body.optional("moves_per_tenant_max", JsonIn::u16),
                        body.optional("moves_per_hour_max", JsonIn::u16)));
        return Answer.json(OptimiserDocument.of(cell.state()));
    }

    private static OptimiserMode mode(JsonIn value) {
        return value.variant(OptimiserMode.class);
    }
}
