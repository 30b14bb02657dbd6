package dev.berth.gateway.http.control;

import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.ledger.Ledger;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.WorkflowNames;
import dev.berth.schemas.model.OperationSteering.Action;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Long operations as a resource: seen, paused, resumed and aborted. */
public final class OperationController {
    private static final int OPERATION_BYTES = 768;

    private final Cell cell;
    private final OperationReads reads;
    private final String cellName;
    private final @Nullable URI temporalUi;

    public OperationController(Cell cell, Ledger ledger, String cellName, @Nullable URI temporalUi) {
        this.cell = cell;
        this.reads = new OperationReads(cell, ledger);
        this.cellName = cellName;
        this.temporalUi = temporalUi;
    }

    public List<Route> routes() {
        String one = "/control/v1/operation/{operation_id}";
        return List.of(
                Route.get("/control/v1/operation", "control_v1_operation", this::list),
                Route.get(one, "control_v1_operation_describe", this::describe),
                Route.post(one + "/pause", "control_v1_operation_pause", call -> steer(call, Action.PAUSE)),
                Route.post(one + "/resume", "control_v1_operation_resume", call -> steer(call, Action.RESUME)),
                Route.post(one + "/abort", "control_v1_operation_abort", call -> steer(call, Action.ABORT)));
    }

    private Answer list(Call call) {
        OperationReads.Page page = reads.page(OperationFilter.read(call));
        JsonOut out = new JsonOut(OPERATION_BYTES * (1 + page.operations().size())).raw("{\"operations\":[");
        boolean more = false;
        for (OperationFacts facts : page.operations()) {
            out.comma(more);
            OperationDocument.write(out, facts);
            more = true;
        }
        OperationId next = page.next();
        out.raw("],\"next\":").text(next == null ? null : next.toString());
        return Answer.json(out.raw(",\"behind\":").bool(page.behind()).raw("}"));
    }

    private Answer describe(Call call) {
        return describe(id(call));
    }

    private Answer describe(OperationId id) {
        OperationFacts facts = reads.find(id).orElseThrow(() -> unknown(id));
        JsonOut out = new JsonOut(OPERATION_BYTES);
        String workflow = WorkflowNames.of(cellName, cell.state().cell().incarnation(), id);
        OperationDocument.writeWhole(out, facts, workflow, temporalUi);
        return Answer.json(out);
    }

    /** Answered when it is in the log; the run takes it in at its next step, and the operation shows when it has. */
    private Answer steer(Call call, Action action) {
        OperationId id = id(call);
        SteerOperation command =
                new SteerOperation(id, action, SteeringBody.read(call).reason());
        if (cell.find(state -> Optional.ofNullable(state.operation(id))).isEmpty()) {
            throw notOpen(id);
        }
        try {
            cell.submit(call.origin(), command);
        } catch (ApiError refused) {
            throw refused.status() == 404 ? notOpen(id) : refused;
        }
        return describe(id);
    }

    private ApiError notOpen(OperationId id) {
        return reads.find(id)
                .map(facts ->
                        ApiError.conflict("operation " + id + " cannot be steered any more: it was " + ending(facts)))
                .orElseGet(() -> unknown(id));
    }

    private static String ending(OperationFacts facts) {
        Instant at = Instant.ofEpochMilli(Objects.requireNonNullElse(facts.endedAtMs(), 0L));
        String how = facts.state().text() + " at " + at;
        return facts.abortReason() == null ? how : how + ": " + facts.abortReason();
    }

    private static ApiError unknown(OperationId id) {
        return ApiError.notFound("operation " + id + " not found");
    }

    private static OperationId id(Call call) {
        return call.parameter("operation_id", OperationId::of);
    }
}
