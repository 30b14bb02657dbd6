package dev.berth.standalone.frontdoor;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import dev.berth.sim.NodeOptions;
import dev.berth.sim.SimFleet;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.controlplane.RecordingControlPlane;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.LocationMode;
import dev.berth.sim.location.ShardId;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.options.ListenAddress;
import dev.berth.standalone.options.ServiceOptions;
import dev.berth.standalone.options.SplitOptions;
import dev.berth.standalone.serve.Role;
import dev.berth.standalone.serve.Services;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A whole cell: Berth in this process, pageservers in zones a, b, c, and a control plane that remembers. */
final class LiveCell implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(30);

    private final BerthCluster cluster;
    private final int port;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final RecordingControlPlane computes;
    final SimFleet fleet = SimFleet.inMemory();
    private @Nullable Services services;
    private Duration offlineAfter = Duration.ofSeconds(30);
    private int nodeOperations = 1;
    private SplitOptions splits = SplitOptions.OFF;

    private LiveCell(BerthCluster cluster) {
        this.cluster = cluster;
        this.port = cluster.freePort();
        this.computes = cluster.closing(RecordingControlPlane.started());
        cluster.closing(this);
    }

    /** An answer: status and JSON body. */
    record Answer(int status, JsonNode body) {}

    static LiveCell start(BerthCluster cluster, int pageservers) {
        return new LiveCell(cluster).startServices().addPageservers(pageservers);
    }

    /** Pageservers count as gone after this long without an answer. */
    static LiveCell start(BerthCluster cluster, int pageservers, Duration offlineAfter) {
        LiveCell cell = new LiveCell(cluster);
        cell.offlineAfter = offlineAfter;
        return cell.startServices().addPageservers(pageservers);
    }

    /** Tenants are split as these options say. */
    static LiveCell start(BerthCluster cluster, int pageservers, SplitOptions splits) {
        LiveCell cell = new LiveCell(cluster);
        cell.splits = splits;
        return cell.startServices().addPageservers(pageservers);
    }

    /** Stops Berth and starts it again with these options. */
    void restartServices(SplitOptions changed) throws Exception {
        splits = changed;
        restartServices();
    }

    /** Without services: the test runs them elsewhere, at {@link #port}, before it adds pageservers. */
    static LiveCell around(BerthCluster cluster) {
        return new LiveCell(cluster);
    }

    int port() {
        return port;
    }

    /** Gateway and scheduler, with room for so many operations on nodes at once; {@link #startWorkers workers} are the caller's. */
    LiveCell startWithoutWorkers(int roomForNodeOperations, Duration pageserversOfflineAfter) {
        nodeOperations = roomForNodeOperations;
        offlineAfter = pageserversOfflineAfter;
        cluster.closing(Services.start(Role.SCHEDULER, options(port)));
        cluster.closing(Services.start(Role.GATEWAY, options(port)));
        return this;
    }

    private LiveCell startServices() {
        services = Services.start(Role.ALL, options(port));
        return this;
    }

    private ServiceOptions options(int listen) {
        return new ServiceOptions(
                cluster.cell(),
                new ListenAddress("127.0.0.1", listen),
                cluster.bootstrapServers(),
                cluster.databaseUrl(),
                Duration.ofSeconds(10),
                cluster.temporal(),
                null,
                cluster.workDir().resolve("state"),
                computes.baseUri(),
                null,
                null,
                Duration.ofSeconds(1),
                offlineAfter,
                Duration.ofSeconds(60),
                128,
                256,
                Duration.ofSeconds(120),
                10,
                nodeOperations,
                256L << 20,
                splits);
    }

    /** Nothing moves by itself in these cells, so that tests can say where shards are; the optimiser has its own. */
    LiveCell addPageservers(int count) {
        if (count > 0) {
            optimise("off", "off");
        }
        for (int id = 1; id <= count; id++) {
            String zone = String.valueOf((char) ('a' + (id - 1) % 3));
            fleet.add(NodeOptions.of(id).withZone(zone).withController(at(port)));
        }
        fleet.startAll();
        for (int id = 1; id <= count; id++) {
            awaitAvailability(id, "Active");
        }
        return this;
    }

    /** One more, in a zone of the caller's choice. */
    void addPageserver(long id, String zone) {
        fleet.add(NodeOptions.of(id).withZone(zone).withController(at(port))).start();
        awaitAvailability(id, "Active");
    }

    /** What destinations have downloaded cannot be had: no operation on a node moves anything until faults end. */
    void holdMoves() {
        for (SimulatedPageserver node : fleet.nodes()) {
            node.faults().add(FaultRule.of("GET", "secondary/status", new FaultAction.Answer(503, "not now")));
        }
    }

    /** Sets what the optimiser does about zones and affinity, and about load. */
    void optimise(String mode, String load) {
        Answer answer =
                call("PUT", "/control/v1/optimiser", "{\"mode\": \"" + mode + "\", \"load\": \"" + load + "\"}", BOUND);
        if (answer.status() != 200) {
            throw new AssertionError("optimiser: " + answer);
        }
    }

    /** Where Berth's API is. */
    URI api() {
        return at(port);
    }

    SimulatedPageserver pageserver(long id) {
        return fleet.node(id).orElseThrow();
    }

    String policy(long node) {
        return get("/control/v1/node/" + node).body().path("scheduling").asText();
    }

    void awaitPolicy(long node, String policy, Duration bound) {
        await("policy of node " + node + " is " + policy).atMost(bound).until(() -> policy(node), policy::equals);
    }

    void awaitAvailability(long node, String availability) {
        await("node " + node + " is " + availability)
                .atMost(BOUND)
                .until(() -> availability.equals(get("/control/v1/node/" + node)
                        .body()
                        .path("availability")
                        .asText()));
    }

    /** Stops Berth and starts it again on the same cell. */
    void restartServices() throws Exception {
        if (services != null) {
            services.close();
        }
        startServices();
    }

    Answer get(String path) {
        return call("GET", path, null);
    }

    Answer call(String method, String path, @Nullable String body) {
        return call(method, path, body, Duration.ofSeconds(60));
    }

    /** Fails when the answer takes longer. */
    Answer call(String method, String path, @Nullable String body, Duration bound) {
        return answer(send(at(port), method, path, body, Map.of(), bound));
    }

    Answer call(String method, String path, @Nullable String body, Map<String, String> headers) {
        return answer(send(at(port), method, path, body, headers, Duration.ofSeconds(60)));
    }

    /** The same without waiting for the answer. */
    CompletableFuture<Answer> calling(String method, String path, @Nullable String body) {
        return CompletableFuture.supplyAsync(() -> call(method, path, body), Thread::startVirtualThread);
    }

    /** The position that an answer carries (P14). */
    String position(String method, String path, @Nullable String body) {
        return send(at(port), method, path, body, Map.of(), Duration.ofSeconds(60))
                .headers()
                .firstValue("Berth-Position")
                .orElseThrow();
    }

    private static URI at(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private HttpResponse<byte[]> send(
            URI base, String method, String path, @Nullable String body, Map<String, String> headers, Duration bound) {
        HttpRequest.BodyPublisher content =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path)).timeout(bound).method(method, content);
        headers.forEach(request::header);
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        JsonNode json = response.body().length == 0 ? Json.parse("null") : parse(response.body());
        return new Answer(response.statusCode(), json);
    }

    /** One gateway more of the same cell, closed with it. */
    Gateway startGateway() {
        int itsPort = cluster.freePort();
        cluster.closing(Services.start(Role.GATEWAY, options(itsPort)));
        return new Gateway(itsPort);
    }

    /** Workers more of the same cell; the caller's to close. */
    Services startWorkers() {
        return Services.start(Role.WORKERS, options(port));
    }

    /** A gateway besides the first. */
    final class Gateway {
        private final int itsPort;

        private Gateway(int itsPort) {
            this.itsPort = itsPort;
        }

        Answer get(String path, Map<String, String> headers) {
            return answer(send(at(itsPort), "GET", path, null, headers, Duration.ofSeconds(60)));
        }
    }

    private static JsonNode parse(byte[] body) {
        try {
            return Json.parse(body);
        } catch (IllegalArgumentException e) {
            return com.fasterxml.jackson.databind.node.TextNode.valueOf(
                    new String(body, java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    static String newTenant() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /** Creates a tenant and expects that all its shards are attached when the answer comes. */
    String create(int count, int secondaries) {
        String tenant = newTenant();
        Answer answer = call("POST", "/v1/tenant", """
                {"new_tenant_id": "%s", "placement_policy": {"Attached": %d},
                 "shard_parameters": {"count": %d, "stripe_size": 2048}}""".formatted(tenant, secondaries, count));
        if (answer.status() != 201) {
            throw new AssertionError("create: " + answer);
        }
        return tenant;
    }

    /** Asks for a live migration of an unsharded tenant. */
    Answer migrate(String shard, long to) {
        return call(
                "PUT",
                "/control/v1/tenant/" + shard + "/migrate",
                "{\"node_id\": " + to + ", \"migration_config\": {\"prewarm\": false, \"override_scheduler\": true}}");
    }

    /** Ids of a tenant's shards as describe tells them. */
    List<JsonNode> shards(String tenant) {
        List<JsonNode> shards = new ArrayList<>();
        get("/control/v1/tenant/" + tenant).body().path("shards").forEach(shards::add);
        return shards;
    }

    long attachedNode(String tenant, int shard) {
        return shards(tenant).get(shard).path("node_attached").asLong();
    }

    /** The generation as the ledger has it. */
    long generation(String shard) {
        return call("POST", "/debug/v1/inspect", "{\"tenant_shard_id\": \"" + shard + "\"}")
                .body()
                .path("attachment")
                .path(0)
                .asLong();
    }

    /** Begins to move a shard live; the answer comes when it is over. */
    CompletableFuture<Answer> migrating(String shard, long to) {
        return calling(
                "PUT",
                "/control/v1/tenant/" + shard + "/migrate",
                "{\"node_id\": " + to + ", \"migration_config\": {\"prewarm\": false, \"override_scheduler\": true}}");
    }

    /** Sets placement and scheduling policy; null leaves one as it is. */
    void setPolicy(String tenant, @Nullable String placement, @Nullable String scheduling) {
        List<String> fields = new ArrayList<>();
        if (placement != null) {
            fields.add("\"placement\": " + placement);
        }
        if (scheduling != null) {
            fields.add("\"scheduling\": \"" + scheduling + "\"");
        }
        Answer answer = call("PUT", "/control/v1/tenant/" + tenant + "/policy", "{" + String.join(", ", fields) + "}");
        if (answer.status() != 200) {
            throw new AssertionError("policy: " + answer);
        }
    }

    /** Creates a timeline; the answer is given whatever it is. */
    Answer createTimeline(String tenant, String timeline) {
        return call(
                "POST",
                "/v1/tenant/" + tenant + "/timeline",
                "{\"new_timeline_id\": \"" + timeline + "\", \"pg_version\": 16}");
    }

    /** Whether the generation is the newest of the shard, as a pageserver would ask. */
    boolean isValid(String shard, long generation) {
        Answer answer = call(
                "POST",
                "/upcall/v1/validate",
                "{\"tenants\": [{\"id\": \"" + shard + "\", \"gen\": " + generation + "}]}");
        return answer.body().path("tenants").path(0).path("valid").asBoolean();
    }

    /** What a pageserver itself answers. */
    Answer ask(long node, String path) {
        return answer(send(pageserver(node).baseUri(), "GET", path, null, Map.of(), Duration.ofSeconds(60)));
    }

    /** Sets the logical sizes, by tenant, that pageservers tell; those of others are computed. */
    void setSizes(Map<String, Long> sizes) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        sizes.forEach(body.putObject("logical_sizes")::put);
        for (SimulatedPageserver node : fleet.nodes()) {
            Answer answer = answer(
                    send(node.baseUri(), "PUT", "/sim/v1/knobs", body.toString(), Map.of(), Duration.ofSeconds(60)));
            if (answer.status() != 200) {
                throw new AssertionError("knobs: " + answer);
            }
        }
    }

    /** The mode in which a pageserver really holds the shard; empty where it holds nothing or is down. */
    Optional<LocationMode> heldAs(long node, String shard) {
        return held(pageserver(node), shard).map(LocationConfig::mode);
    }

    private static Optional<LocationConfig> held(SimulatedPageserver node, String shard) {
        return node.locations().getOrDefault(ShardId.parse(shard), Optional.empty());
    }

    /** The one pageserver that really holds the shard attached alone, in the ledger's generation; empty unless there is one. */
    Optional<Long> soleHolder(String shard) {
        List<SimulatedPageserver> holders = fleet.nodes().stream()
                .filter(node -> held(node, shard)
                        .filter(config -> config.mode() == LocationMode.AttachedSingle)
                        .isPresent())
                .toList();
        long newest = generation(shard);
        return holders.size() == 1
                        && held(holders.getFirst(), shard)
                                .filter(config -> Objects.equals(config.generation(), newest))
                                .isPresent()
                ? Optional.of(holders.getFirst().id())
                : Optional.empty();
    }

    /** Waits until each shard is attached where it is meant to be, nowhere else, and computes know. */
    void awaitServed(String tenant) {
        await("tenant " + tenant + " is served")
                .atMost(BOUND.multipliedBy(2))
                .until(() -> isServed(tenant, shards(tenant)));
    }

    /** Likewise, by shards of these ids in their order. */
    void awaitServed(String tenant, List<String> shards) {
        await("shards " + shards + " are served").atMost(BOUND.multipliedBy(2)).until(() -> {
            List<JsonNode> described = shards(tenant);
            return described.stream().map(LiveCell::idOf).toList().equals(shards) && isServed(tenant, described);
        });
    }

    private static String idOf(JsonNode shard) {
        return shard.path("tenant_shard_id").asText();
    }

    private boolean isServed(String tenant, List<JsonNode> shards) {
        for (int number = 0; number < shards.size(); number++) {
            Optional<Long> node =
                    Optional.of(shards.get(number).path("node_attached").asLong());
            if (!soleHolder(idOf(shards.get(number))).equals(node)
                    || !computes.nodeOf(tenant, number).equals(node)) {
                return false;
            }
        }
        return !shards.isEmpty();
    }

    /** Those that the shard or tenant is said to have. */
    Set<String> timelines(String shard) {
        Set<String> ids = new TreeSet<>();
        get("/v1/tenant/" + shard + "/timeline")
                .body()
                .forEach(timeline -> ids.add(timeline.path("timeline_id").asText()));
        return ids;
    }

    /** A moment after everything before the call and before everything after it, for clocks that count milliseconds. */
    static Instant between() {
        Instant before = Instant.now();
        await().until(() -> Instant.now().isAfter(before.plusMillis(2)));
        Instant moment = Instant.ofEpochMilli(Instant.now().toEpochMilli());
        await().until(() -> Instant.now().isAfter(moment.plusMillis(2)));
        return moment;
    }

    /** Ends every fault and starts what is down. */
    void endFaults() {
        computes.start();
        computes.behave(new RecordingControlPlane.Behaviour.Accept());
        for (SimulatedPageserver node : fleet.nodes()) {
            node.faults().clear();
            node.faults().partition().set(false, false);
            node.stallLsn(false);
            node.knobs().reattachMillis().set(0);
            if (!node.isRunning()) {
                node.start();
            }
        }
        fleet.nodes().forEach(node -> awaitAvailability(node.id(), "Active"));
    }

    /** Ends every fault, and expects that the cell then comes to rest as it should be. */
    void heal() {
        endFaults();
        awaitQuiet();
        checkInvariants();
    }

    /** Waits until nothing is outstanding. */
    void awaitQuiet() {
        awaitQuiet(BOUND.multipliedBy(2));
    }

    void awaitQuiet(Duration bound) {
        await("reconcile_all answers 0").atMost(bound).pollDelay(Duration.ZERO).until(() -> {
            Answer answer = call("POST", "/debug/v1/reconcile_all", null);
            return answer.status() == 200 && answer.body().asInt(-1) == 0;
        });
    }

    /** What must hold whenever the cell is quiet. */
    void checkInvariants() {
        Answer check = call("POST", "/debug/v1/consistency_check", null);
        if (check.status() != 200) {
            throw new AssertionError("consistency_check: " + check);
        }
        if (!fleet.violations().isEmpty()) {
            throw new AssertionError("violations: " + fleet.violations());
        }
    }

    @Override
    public void close() throws Exception {
        fleet.close();
        if (services != null) {
            services.close();
        }
    }
}
