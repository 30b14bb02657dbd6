package dev.berth.sim;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.Handler;
import dev.berth.sim.http.HttpListener;
import dev.berth.sim.http.Json;
import dev.berth.sim.http.Request;
import dev.berth.sim.http.Response;
import dev.berth.sim.http.Router;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * The administrative API of a process: {@code /sim/v1/nodes/{id}/...} is the API of each node, which can be reached here
 * also while the node is down or still starting; besides it, nodes can be killed and started.
 */
public final class FleetAdmin implements Handler {
    private static final String NODE = "/sim/v1/nodes/{id}";
    private static final int SEGMENTS_OF_NODE = 4;

    private final SimFleet fleet;
    private final Router router = new Router();

    public FleetAdmin(SimFleet fleet) {
        this.fleet = fleet;
        router.add("GET", "/sim/v1/nodes", (_, _) -> Response.ok(nodes()));
        router.add("GET", "/sim/v1/violations", (_, _) -> {
            ObjectNode answer = Json.object();
            answer.set("violations", Json.tree(fleet.violations()));
            return Response.ok(answer);
        });
        router.add("POST", NODE + "/kill", (_, path) -> {
            node(path).kill();
            return Response.unit(200);
        });
        router.add("POST", NODE + "/start", (_, path) -> {
            node(path).start();
            return Response.unit(202);
        });
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            router.add(method, NODE + "/**", this::administer);
        }
    }

    /** Serves a fleet on a port. */
    public static HttpListener listen(SimFleet fleet, InetSocketAddress address) {
        return HttpListener.bind(address, new FleetAdmin(fleet)).serve();
    }

    @Override
    public Response handle(Request request) throws InterruptedException {
        return router.handle(request);
    }

    private ArrayNode nodes() {
        ArrayNode nodes = Json.array();
        fleet.nodes()
                .forEach(node -> nodes.addObject()
                        .put("id", node.id())
                        .put("zone", node.zone())
                        .put("address", node.baseUri().toString())
                        .put("ready", node.isReady()));
        return nodes;
    }

    private Response administer(Request request, Map<String, String> path) throws InterruptedException {
        List<String> rest =
                request.segments().subList(SEGMENTS_OF_NODE, request.segments().size());
        return node(path).administer(request.at("/sim/v1/" + String.join("/", rest)));
    }

    private SimulatedPageserver node(Map<String, String> path) {
        String id = path.getOrDefault("id", "");
        return fleet.nodes().stream()
                .filter(node -> Long.toString(node.id()).equals(id))
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("node " + id));
    }
}
