package dev.berth.standalone.bench;

import dev.berth.sim.NodeOptions;
import dev.berth.sim.SimFleet;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.controlplane.RecordingControlPlane;
import dev.berth.sim.location.LocationMode;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.node.NodeSettings;
import dev.berth.standalone.bench.HttpConnection.Answer;
import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi;
import dev.berth.standalone.parts.PartFailure;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** What is measured and what surrounds it: the subject, pageservers and a control plane in this process, and the tenants made so far. */
final class BenchCell implements AutoCloseable {
    private static final Duration SETTLE_MAX = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int ZONES = 3;
    private static final int OBJECTIONS_MAX = 5;

    /** A shard as the pageserver that serves it has it. */
    record Attachment(long node, long generation) {}

    /** The Berth that is measured. */
    interface Subject {
        /** Base address of its API. */
        String api();

        /** Its processes by the names of their parts; none when it runs in this one. */
        Map<String, ProcessHandle> processes();

        /** SIGKILL; the part comes back by itself. */
        void kill(String part);
    }

    private final Subject berth;
    private final RecordingControlPlane computes;
    private final SimFleet fleet = SimFleet.inMemory();
    private final ConcurrentLinkedQueue<BenchTenant> tenants = new ConcurrentLinkedQueue<>();
    private final Sizes sizes;
    private final Random random = new Random();

    BenchCell(Subject berth, RecordingControlPlane computes, Sizes sizes) {
        this.berth = berth;
        this.computes = computes;
        this.sizes = sizes;
    }

    /** Returns when all pageservers are in service. */
    void startPageservers() throws InterruptedException {
        await(
                "the optimiser leaves the shards alone",
                () -> api().http()
                        .put("/control/v1/optimiser", "{\"mode\": \"off\"}")
                        .path("mode")
                        .asText()
                        .equals("off"));
        for (int id = 1; id <= sizes.nodes(); id++) {
            fleet.add(NodeOptions.of(id)
                    .withZone("zone-" + (char) ('a' + (id - 1) % ZONES))
                    .withController(uri())
                    .withSettings(NodeSettings.quiet()));
        }
        fleet.startAll();
        await(
                "all pageservers are Active",
                () -> api().nodes().stream()
                                .filter(node -> node.availability().equals("Active"))
                                .count()
                        == sizes.nodes());
    }

    URI uri() {
        return URI.create(berth.api());
    }

    ControllerApi api() {
        return ControllerApi.at(berth.api());
    }

    Callers callers(int number) {
        return new Callers(uri(), number);
    }

    Sizes sizes() {
        return sizes;
    }

    SimFleet fleet() {
        return fleet;
    }

    RecordingControlPlane computes() {
        return computes;
    }

    Map<String, ProcessHandle> processes() {
        return berth.processes();
    }

    void kill(String part) {
        berth.kill(part);
    }

    List<BenchTenant> tenants() {
        return List.copyOf(tenants);
    }

    synchronized String newId() {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    /** Creates a tenant that is not there yet, and remembers it. */
    BenchTenant create(HttpConnection connection, int count, int secondaries) throws IOException, WrongAnswer {
        BenchTenant tenant = new BenchTenant(newId(), count, secondaries);
        create(connection, tenant);
        return tenant;
    }

    void create(HttpConnection connection, BenchTenant tenant) throws IOException, WrongAnswer {
        Answer answer =
                connection.call("POST", "/v1/tenant", """
                {"new_tenant_id": "%s", "placement_policy": {"Attached": %d},
                 "shard_parameters": {"count": %d, "stripe_size": 2048}}""".formatted(tenant.id(), tenant.secondaries(), tenant.count()));
        boolean isRight = answer.status() == 201 && answer.json().path("shards").size() == tenant.count();
        WrongAnswer.unless(isRight, "create " + tenant.id(), answer);
        tenants.add(tenant);
    }

    void createTimeline(HttpConnection connection, BenchTenant tenant) throws IOException, WrongAnswer {
        String timeline = newId();
        Answer answer = connection.call(
                "POST",
                "/v1/tenant/" + tenant.id() + "/timeline",
                "{\"new_timeline_id\": \"" + timeline + "\", \"pg_version\": 16}");
        boolean isRight = answer.status() == 201
                && answer.json().path("timeline_id").asText().equals(timeline);
        WrongAnswer.unless(isRight, "create timeline of " + tenant.id(), answer);
    }

    /** Tenants that a workload needs and does not measure. */
    List<BenchTenant> prepare(int number, int count, int secondaries, Report report) {
        ConcurrentLinkedQueue<BenchTenant> made = new ConcurrentLinkedQueue<>();
        Sample sample =
                callers(16).times(number, (connection, index) -> made.add(create(connection, count, secondaries)));
        report.failuresOf("preparation", sample);
        return List.copyOf(made);
    }

    /** Where every shard is attached, as the pageservers themselves have it. */
    Map<ShardId, List<Attachment>> attachments() {
        Map<ShardId, List<Attachment>> all = new HashMap<>();
        for (SimulatedPageserver node : fleet.nodes()) {
            attachedAt(node)
                    .forEach((shard, generation) -> all.computeIfAbsent(shard, none -> new ArrayList<>())
                            .add(new Attachment(node.id(), generation)));
        }
        return all;
    }

    /** The generations of what is attached at a node. */
    Map<ShardId, Long> attachedAt(SimulatedPageserver node) {
        Map<ShardId, Long> attached = new HashMap<>();
        node.locations()
                .forEach((shard, location) -> location.filter(config -> config.mode() == LocationMode.AttachedSingle)
                        .ifPresent(config -> attached.put(shard, config.attachedGeneration())));
        return attached;
    }

    SimulatedPageserver busiest() {
        return fleet.nodes().stream()
                .max(Comparator.comparingInt(node -> attachedAt(node).size()))
                .orElseThrow();
    }

    /** Starts a node that was killed; returns when it is in service again and all is quiet. */
    void bringBack(SimulatedPageserver node) throws InterruptedException {
        node.start();
        await(
                "node " + node.id() + " is Active again",
                () -> api().nodes().stream()
                        .anyMatch(known ->
                                known.id() == node.id() && known.availability().equals("Active")));
        settle();
    }

    void settle() throws InterruptedException {
        await("all is quiet", () -> api().reconcileAll() == 0);
    }

    /** A question to the controller, which may fail while parts are dead. */
    interface Question {
        boolean isSo() throws CallFailure;
    }

    static void await(String what, Question question) throws InterruptedException {
        long deadline = System.nanoTime() + SETTLE_MAX.toNanos();
        String last = "";
        while (System.nanoTime() < deadline) {
            try {
                if (question.isSo()) {
                    return;
                }
            } catch (CallFailure e) {
                last = " (" + e.getMessage() + ")";
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        throw new PartFailure("after " + SETTLE_MAX.toSeconds() + " s it is not so that " + what + last);
    }

    /** When all is quiet: every shard attached once, where computes were told, and no pageserver saw a rule broken. */
    void examine(Report report) throws InterruptedException {
        settle();
        Map<ShardId, List<Attachment>> attachments = attachments();
        List<String> objections = new ArrayList<>();
        for (BenchTenant tenant : tenants()) {
            for (ShardId shard : tenant.shards()) {
                List<Attachment> held = attachments.getOrDefault(shard, List.of());
                Optional<Long> told = computes.nodeOf(tenant.id(), shard.number());
                if (held.size() != 1 || !told.equals(Optional.of(held.getFirst().node()))) {
                    objections.add(shard + " is attached as " + held + ", computes were told " + told);
                }
            }
        }
        fleet.violations().forEach(violation -> objections.add(violation.toString()));
        objections.stream().limit(OBJECTIONS_MAX).forEach(report::wrong);
        if (objections.size() > OBJECTIONS_MAX) {
            report.wrong("and " + (objections.size() - OBJECTIONS_MAX) + " more");
        }
    }

    @Override
    public void close() {
        fleet.close();
    }
}
