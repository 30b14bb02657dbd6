package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.command.Registrations;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonOut;
import dev.berth.gateway.http.NodeRegistrationBody;
import dev.berth.gateway.http.Route;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.reply.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pageservers under /control/v1/node (http-api 6.1-6.4). */
public final class NodeController {
    private static final int NODE_BYTES = 320;

    private final Cell cell;
    private final Registrations registrations;

    public NodeController(Cell cell, Registrations registrations) {
        this.cell = cell;
        this.registrations = registrations;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/control/v1/node", "control_v1_node", this::register),
                Route.get("/control/v1/node", "control_v1_node", this::list),
                Route.get("/control/v1/node/{node_id}", "control_v1_node_status", this::describe),
                Route.put("/control/v1/node/{node_id}/config", "control_v1_node_config", this::configure),
                Route.get("/control/v1/node/{node_id}/shards", "control_v1_node_describe", this::shards));
    }

    /** Durable when the ledger has it; waiting for the log lets the caller read what it wrote. */
    private Answer register(Call call) {
        NodeRegistration registration = NodeRegistrationBody.read(call.json());
        registrations.register(registration);
        if (cell.position() >= 0) {
            cell.awaitNode(
                    registration.id(),
                    Limits.REGISTRATION_WAIT,
                    state -> Optional.ofNullable(state.node(registration.id()))
                            .filter(node -> node.registration().equals(registration)));
        }
        return Answer.OK_NULL;
    }

    private Answer list(Call call) {
        Optional<ControllerView> state =
                cell.find(view -> view.nodes().isEmpty() ? Optional.empty() : Optional.of(view));
        JsonOut out = new JsonOut(NODE_BYTES).raw("[");
        boolean more = false;
        if (state.isPresent()) {
            for (Node node : state.get().nodes().values()) {
                out.comma(more);
                NodeDocument.write(out, node);
                more = true;
            }
        }
        return Answer.json(out.raw("]"));
    }

    private Answer describe(Call call) {
        NodeId id = call.nodeId();
        Node node = cell.find(state -> Optional.ofNullable(state.node(id)))
                .orElseThrow(() -> ApiError.notFound("Node " + id + " not registered"));
        JsonOut out = new JsonOut(NODE_BYTES);
        NodeDocument.write(out, node);
        return Answer.json(out);
    }

    private Answer configure(Call call) {
        NodeId id = call.nodeId();
        ConfigureNode command = NodeConfigBody.read(id, call.json()).command();
        if (cell.find(state -> Optional.ofNullable(state.node(id))).isEmpty()) {
            throw unknown(command);
        }
        Cell.Accepted accepted = cell.submit(call.origin(), command);
        if (accepted.reply() instanceof Reply.ActivationPending(long listing)) {
            awaitActivation(id, listing);
        }
        return Answer.OK_NULL;
    }

    /** Three answers for one fact: the original notices it in different places (quirk 10). */
    private static ApiError unknown(ConfigureNode command) {
        if (command.scheduling() != null) {
            return ApiError.internal("Node node_id not found for update");
        }
        return command.availability() == null
                ? ApiError.notFound("Node not registered")
                : ApiError.notFound("Node " + command.node() + " not registered");
    }

    private void awaitActivation(NodeId id, long listing) {
        boolean active = cell.awaitNode(id, Limits.ACTIVATION_WAIT, state -> activation(state.node(id), listing))
                .orElse(false);
        if (!active) {
            throw ApiError.preconditionFailed("Failed to query node location configs, cannot activate ("
                    + cell.listingError(id, listing).orElse("no answer in time") + ")");
        }
    }

    /** Whether the listing has ended with the node active; empty while it goes on. */
    private static Optional<Boolean> activation(@Nullable Node node, long listing) {
        if (node == null) {
            return Optional.of(false);
        }
        return node.isAvailable()
                ? Optional.of(true)
                : node.listing() == listing ? Optional.empty() : Optional.of(false);
    }

    private Answer shards(Call call) {
        NodeId node = call.nodeId();
        ControllerView state = cell.find(view -> view.shardsOn(node).isEmpty() ? Optional.empty() : Optional.of(view))
                .orElseGet(cell::state);
        JsonOut out = new JsonOut(1024).raw("{\"node_id\":").node(node).raw(",\"shards\":[");
        boolean more = false;
        for (TenantShardId id : state.shardsOn(node)) {
            Tenant tenant = state.tenant(id.tenant());
            Shard shard = tenant == null ? null : tenant.shard(id);
            if (shard == null) {
                continue;
            }
            Boolean observed = observedSecondary(shard, node);
            Boolean intended = intendedSecondary(shard, node);
            if (observed != null || intended != null) {
                out.comma(more).raw("{\"tenant_shard_id\":").shard(id);
                out.raw(",\"is_observed_secondary\":").raw(String.valueOf(observed));
                out.raw(",\"is_intended_secondary\":")
                        .raw(String.valueOf(intended))
                        .raw("}");
                more = true;
            }
        }
        return Answer.json(out.raw("]}"));
    }

    private static @Nullable Boolean observedSecondary(Shard shard, NodeId node) {
        ObservedLocation location = shard.observedOn(node);
        return location == null || !location.isKnown() ? null : !location.isAttached();
    }

    private static @Nullable Boolean intendedSecondary(Shard shard, NodeId node) {
        return node.equals(shard.attached())
                ? Boolean.FALSE
                : shard.secondaries().contains(node) ? Boolean.TRUE : null;
    }
}
