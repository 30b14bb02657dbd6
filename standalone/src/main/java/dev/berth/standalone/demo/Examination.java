package dev.berth.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi;
import dev.berth.standalone.client.ControllerApi.Node;
import dev.berth.standalone.client.ControllerApi.Shard;
import dev.berth.standalone.client.HttpApi;
import dev.berth.standalone.demo.Cast.Tenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What must hold when all is quiet, looked at from outside: through the API, and on the pageservers themselves. */
final class Examination {
    /** One sentence that must be true, and what was found against it. */
    record Finding(String sentence, List<String> objections) {
        boolean holds() {
            return objections.isEmpty();
        }
    }

    /** A location of a shard as its pageserver tells it. */
    private record Location(int node, String mode, int generation) {
        boolean isAttached() {
            return mode.startsWith("Attached");
        }
    }

    private final ControllerApi api;
    private final Cast cast;
    private final Map<String, Shard> described = new HashMap<>();
    private final Map<String, List<Location>> held = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    private Examination(ControllerApi api, Cast cast) {
        this.api = api;
        this.cast = cast;
    }

    static List<Finding> of(ControllerApi api, Cast cast, Traffic traffic) throws CallFailure {
        Examination examination = new Examination(api, cast);
        examination.nothingIsLeftToDo();
        List<Node> nodes = api.nodes();
        examination.everyNodeIsActive(nodes);
        examination.everyAcknowledgedTenantIsWhole();
        for (Node node : nodes) {
            examination.ask(node);
        }
        examination.pageserversHoldWhatTheControllerSays();
        examination.attachedLocationsHaveTheNewestGeneration();
        examination.everyAcknowledgedTimelineIsThere();
        examination.noPageserverSawAViolation(nodes);
        examination.add(
                "validate was answered every time (" + traffic.validated() + " times), whatever was dead",
                traffic.upcallsFailed() == 0
                        ? List.of()
                        : List.of(traffic.upcallsFailed() + " times not: " + traffic.lastUpcallFailure()));
        return List.copyOf(examination.findings);
    }

    private void add(String sentence, List<String> objections) {
        findings.add(new Finding(sentence, List.copyOf(objections)));
    }

    private void nothingIsLeftToDo() throws CallFailure {
        int open = api.reconcileAll();
        List<String> objections = new ArrayList<>();
        if (open > 0) {
            objections.add(open + " shards or operations are not settled");
        }
        try {
            api.consistencyCheck();
        } catch (CallFailure e) {
            objections.add(String.valueOf(e.getMessage()));
        }
        add("nothing is left to do, and the controller's own consistency check passes", objections);
    }

    private void everyNodeIsActive(List<Node> nodes) {
        add(
                "every pageserver is Active (" + nodes.size() + ")",
                nodes.stream()
                        .filter(node -> !node.availability().equals("Active"))
                        .map(node -> "node " + node.id() + " is " + node.availability())
                        .toList());
    }

    private void everyAcknowledgedTenantIsWhole() throws CallFailure {
        List<String> missing = new ArrayList<>();
        List<String> misplaced = new ArrayList<>();
        for (Tenant tenant : cast.tenants()) {
            List<Shard> shards = api.describe(tenant.id());
            if (shards.size() != tenant.shards()) {
                missing.add(tenant.id() + " has " + shards.size() + " of " + tenant.shards() + " shards");
            }
            for (Shard shard : shards) {
                described.put(shard.id(), shard);
                Set<Integer> nodes = new HashSet<>(shard.secondaries());
                shard.attached().ifPresent(nodes::add);
                if (shard.attached().isEmpty()
                        || shard.secondaries().isEmpty()
                        || nodes.size() != 1 + shard.secondaries().size()) {
                    misplaced.add(shard.id() + " is attached at " + shard.attached() + ", secondary at "
                            + shard.secondaries());
                }
            }
        }
        add(
                "every tenant that was acknowledged exists with all its shards ("
                        + cast.tenants().size() + ")",
                missing);
        add(
                "every shard has one attached and one secondary location, on different nodes (" + described.size()
                        + ")",
                misplaced);
    }

    private void ask(Node node) throws CallFailure {
        for (JsonNode entry : HttpApi.at(node.http()).get("/v1/location_config").path("tenant_shards")) {
            JsonNode config = entry.path(1);
            held.computeIfAbsent(entry.path(0).asText(), shard -> new ArrayList<>())
                    .add(new Location(
                            node.id(),
                            config.path("mode").asText(),
                            config.path("generation").asInt(0)));
        }
    }

    private void pageserversHoldWhatTheControllerSays() {
        List<String> objections = new ArrayList<>();
        Set<String> shards = new TreeSet<>(described.keySet());
        shards.addAll(held.keySet());
        for (String id : shards) {
            Shard shard = described.get(id);
            List<Location> locations = held.getOrDefault(id, List.of());
            List<Integer> attached = locations.stream()
                    .filter(Location::isAttached)
                    .map(Location::node)
                    .toList();
            List<Integer> secondary = locations.stream()
                    .filter(l -> !l.isAttached())
                    .map(Location::node)
                    .sorted()
                    .toList();
            if (shard == null) {
                objections.add(id + " is on " + locations + " and the controller does not know it");
            } else if (!attached.equals(shard.attached().stream().boxed().toList())
                    || !secondary.equals(shard.secondaries().stream().sorted().toList())) {
                objections.add(id + " is held as " + locations + ", described as " + shard);
            }
        }
        add(
                "pageservers hold exactly what the controller says, each shard attached once (" + shards.size() + ")",
                objections);
    }

    private void attachedLocationsHaveTheNewestGeneration() throws CallFailure {
        List<String> objections = new ArrayList<>();
        for (Map.Entry<String, List<Location>> entry : held.entrySet()) {
            for (Location location : entry.getValue()) {
                if (location.isAttached()
                        && (!api.validate(entry.getKey(), location.generation())
                                || api.validate(entry.getKey(), location.generation() - 1))) {
                    objections.add(entry.getKey() + " is attached in generation " + location.generation()
                            + ", which is not the only valid one");
                }
            }
        }
        add("every attached location holds the newest generation, and only that one is valid", objections);
    }

    private void everyAcknowledgedTimelineIsThere() throws CallFailure {
        List<String> objections = new ArrayList<>();
        for (Tenant tenant : cast.tenants()) {
            Set<String> lost = new TreeSet<>(tenant.timelines());
            if (!lost.isEmpty()) {
                lost.removeAll(api.timelines(tenant.id()));
                lost.forEach(timeline -> objections.add(timeline + " of " + tenant.id() + " is gone"));
            }
        }
        add("every timeline that was acknowledged exists (" + cast.timelines() + ")", objections);
    }

    private void noPageserverSawAViolation(List<Node> nodes) throws CallFailure {
        List<String> objections = new ArrayList<>();
        for (Node node : nodes) {
            HttpApi.at(node.http())
                    .get("/sim/v1/violations?all=true")
                    .path("violations")
                    .forEach(violation -> objections.add(violation.toString()));
        }
        add(
                "no generation was used twice and no data of a newer one was touched, as the pageservers saw it",
                objections);
    }
}
