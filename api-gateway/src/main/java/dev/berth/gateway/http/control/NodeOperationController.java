package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.Route;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.NodeRow;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.OperationRequest;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Draining, filling and deleting pageservers, and what is left of deleted ones (http-api 6.5, 6.6). */
public final class NodeOperationController {
    private static final int ACCEPTED = 202;
    private static final int NODE_BYTES = 320;

    private final Cell cell;
    private final Ledger ledger;
    private final OperationPlans plans;

    public NodeOperationController(Cell cell, Ledger ledger, OperationPlans plans) {
        this.cell = cell;
        this.ledger = ledger;
        this.plans = plans;
    }

    public List<Route> routes() {
        String node = "/control/v1/node/{node_id}";
        return List.of(
                Route.put(
                        node + "/drain",
                        "control_v1_node_drain",
                        call -> start(call, ACCEPTED, new DrainNode(call.nodeId()))),
                Route.delete(
                        node + "/drain",
                        "control_v1_cancel_node_drain",
                        call -> cancel(call, OperationKind.NODE_DRAIN)),
                Route.put(
                        node + "/fill",
                        "control_v1_node_fill",
                        call -> start(call, ACCEPTED, new FillNode(call.nodeId()))),
                Route.delete(
                        node + "/fill", "control_v1_cancel_node_fill", call -> cancel(call, OperationKind.NODE_FILL)),
                Route.put(node + "/delete", "control_v1_start_node_delete", this::delete),
                Route.delete(
                        node + "/delete",
                        "control_v1_cancel_node_delete",
                        call -> cancel(call, OperationKind.NODE_DELETE)),
                Route.delete(node, "control_v1_node_delete", this::deleteAtOnce),
                Route.get("/debug/v1/tombstone", "debug_v1_tombstone_list", this::tombstones),
                Route.delete("/debug/v1/tombstone/{node_id}", "debug_v1_tombstone_delete", this::removeTombstone));
    }

    private Answer start(Call call, int status, OperationRequest command) {
        PlanQuery query = PlanQuery.read(call);
        if (query.dryRun()) {
            return plans.dryRun(call, command);
        }
        plans.submit(call, command, query);
        return Answer.ofNull(status);
    }

    private Answer cancel(Call call, OperationKind kind) {
        cell.submit(call.origin(), new CancelNodeOperation(call.nodeId(), kind));
        return Answer.ofNull(ACCEPTED);
    }

    private Answer delete(Call call) {
        boolean force = call.query("force", PlanQuery::flag).orElse(false);
        return start(call, 200, new DeleteNode(call.nodeId(), force ? NodeRemoval.FORCE : NodeRemoval.GRACEFUL));
    }

    /** Answered when it is done: whoever deletes a node this way looks no further. */
    private Answer deleteAtOnce(Call call) {
        NodeId id = call.nodeId();
        PlanQuery query = PlanQuery.read(call);
        DeleteNode command = new DeleteNode(id, NodeRemoval.AT_ONCE);
        if (query.dryRun()) {
            return plans.dryRun(call, command);
        }
        if (cell.find(state -> Optional.ofNullable(state.node(id))).isEmpty()) {
            return Answer.OK_NULL;
        }
        Cell.Accepted accepted = plans.submit(call, command, query);
        if (accepted.reply() instanceof Reply.OperationStarted(OperationId operation)) {
            if (!cell.awaitOperation(operation, Limits.RECONCILE_WAIT, Objects::isNull)) {
                throw ApiError.timeout("Timeout waiting for the deletion of node " + id);
            }
            cell.abortReason(operation).ifPresent(reason -> {
                throw ApiError.conflict("Scheduling error: " + reason);
            });
        }
        return Answer.OK_NULL;
    }

    private Answer tombstones(Call call) {
        JsonOut out = new JsonOut(NODE_BYTES).raw("[");
        boolean more = false;
        for (NodeRow row : ledger.nodes()) {
            if (row.deleted()) {
                out.comma(more);
                NodeDocument.write(out, Node.registered(row.registration()));
                more = true;
            }
        }
        return Answer.json(out.raw("]"));
    }

    private Answer removeTombstone(Call call) {
        NodeId id = call.nodeId();
        if (ledger.node(id).filter(row -> !row.deleted()).isPresent()) {
            throw ApiError.conflict("Node " + id + " is in use, consider using tombstone API first");
        }
        ledger.removeNodeTombstone(id);
        return Answer.OK_NULL;
    }
}
