package dev.berth.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** The calls to the controller that the demo and the bench make. Ids are the hexadecimal texts of the API. */
public record ControllerApi(HttpApi http) {
    /** One shard as the controller describes it. */
    public record Shard(String id, OptionalInt attached, List<Integer> secondaries) {}

    /** One node as the controller describes it. */
    public record Node(int id, String availability, String scheduling, String zone, String http) {}

    /** A long operation and how it stands. */
    public record Operation(String id, String state, String temporalUrl) {}

    public static ControllerApi at(String base) {
        return new ControllerApi(HttpApi.at(base));
    }

    /** Returns when every shard is attached. A count of 0 is a tenant of one shard that is not sharded. */
    public void createTenant(String tenant, int shards) throws CallFailure {
        http.post("/v1/tenant", """
                {"new_tenant_id": "%s", "placement_policy": {"Attached": 1},
                 "shard_parameters": {"count": %d, "stripe_size": 2048}}""".formatted(tenant, shards));
    }

    public List<Shard> describe(String tenant) throws CallFailure {
        List<Shard> shards = new ArrayList<>();
        for (JsonNode shard : http.get("/control/v1/tenant/" + tenant).path("shards")) {
            List<Integer> secondaries = new ArrayList<>();
            shard.path("node_secondary").forEach(node -> secondaries.add(node.asInt()));
            JsonNode attached = shard.path("node_attached");
            shards.add(new Shard(
                    shard.path("tenant_shard_id").asText(),
                    attached.isInt() ? OptionalInt.of(attached.asInt()) : OptionalInt.empty(),
                    List.copyOf(secondaries)));
        }
        return List.copyOf(shards);
    }

    public void locate(String tenant) throws CallFailure {
        http.get("/debug/v1/tenant/" + tenant + "/locate");
    }

    public void createTimeline(String tenant, String timeline) throws CallFailure {
        http.post(
                "/v1/tenant/" + tenant + "/timeline",
                "{\"new_timeline_id\": \"" + timeline + "\", \"pg_version\": 16}");
    }

    public List<String> timelines(String tenant) throws CallFailure {
        return StreamSupport.stream(
                        http.get("/v1/tenant/" + tenant + "/timeline").spliterator(), false)
                .map(timeline -> timeline.path("timeline_id").asText())
                .toList();
    }

    /** Returns when the shard is attached there and computes know. */
    public void migrate(String shard, int node) throws CallFailure {
        http.put("/control/v1/tenant/" + shard + "/migrate", """
                {"node_id": %d, "migration_config": {"prewarm": false, "override_scheduler": true}}""".formatted(node));
    }

    public List<Node> nodes() throws CallFailure {
        return StreamSupport.stream(http.get("/control/v1/node").spliterator(), false)
                .map(node -> new Node(
                        node.path("id").asInt(),
                        node.path("availability").asText(),
                        node.path("scheduling").asText(),
                        node.path("availability_zone_id").asText(),
                        "http://" + node.path("listen_http_addr").asText() + ":"
                                + node.path("listen_http_port").asText()))
                .toList();
    }

    /** Returns when the tenant has so many shards, or throws why it has not. */
    public void split(String tenant, int shards) throws CallFailure {
        http.put("/control/v1/tenant/" + tenant + "/shard_split", "{\"new_shard_count\": " + shards + "}");
    }

    /** Returns when the operation is accepted. */
    public void drain(int node) throws CallFailure {
        http.put("/control/v1/node/" + node + "/drain", "");
    }

    /** Returns when the operation is accepted. */
    public void fill(int node) throws CallFailure {
        http.put("/control/v1/node/" + node + "/fill", "");
    }

    /** Returns when the operation is accepted. */
    public void deleteNode(int node) throws CallFailure {
        http.put("/control/v1/node/" + node + "/delete", "");
    }

    /** The newest operations of a tenant. */
    public List<Operation> operationsOfTenant(String tenant) throws CallFailure {
        return operations("tenant=" + tenant);
    }

    /** The newest operations of a node. */
    public List<Operation> operationsOfNode(int node) throws CallFailure {
        return operations("node=" + node);
    }

    private List<Operation> operations(String filter) throws CallFailure {
        List<Operation> found = new ArrayList<>();
        for (JsonNode one : http.get("/control/v1/operation?" + filter).path("operations")) {
            JsonNode whole = http.get("/control/v1/operation/" + one.path("id").asText());
            found.add(new Operation(
                    whole.path("id").asText(),
                    whole.path("state").asText(),
                    whole.path("temporal_url").asText()));
        }
        return List.copyOf(found);
    }

    /** Answered when it is in the log; the operation's state shows when it has ended. */
    public void abort(String operation, String reason) throws CallFailure {
        http.post("/control/v1/operation/" + operation + "/abort", "{\"reason\": \"" + reason + "\"}");
    }

    /** How many shards are to be attached at each node. */
    public TreeMap<Integer, Integer> attachedByNode() throws CallFailure {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (Node node : nodes()) {
            int attached = 0;
            for (JsonNode shard :
                    http.get("/control/v1/node/" + node.id() + "/shards").path("shards")) {
                JsonNode secondary = shard.path("is_intended_secondary");
                attached += secondary.isBoolean() && !secondary.asBoolean() ? 1 : 0;
            }
            counts.put(node.id(), attached);
        }
        return counts;
    }

    /** Whether the generation is the newest that was issued for the shard. */
    public boolean validate(String shard, int generation) throws CallFailure {
        return http.post(
                        "/upcall/v1/validate",
                        "{\"tenants\": [{\"id\": \"" + shard + "\", \"gen\": " + generation + "}]}")
                .path("tenants")
                .path(0)
                .path("valid")
                .asBoolean();
    }

    /** What is not as it should be yet: 0 means quiet. */
    public int reconcileAll() throws CallFailure {
        return http.post("/debug/v1/reconcile_all", "").asInt();
    }

    public void consistencyCheck() throws CallFailure {
        http.post("/debug/v1/consistency_check", "");
    }
}
