package dev.berth.workflows.common;

import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workflows.port.CellState;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.PageserverCalls.Answer;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests to pageservers as activities make them: with the bound of the activity, and failures named. */
public final class PageserverLocations {
    /** Answers after which the same request may succeed (A 12). */
    private static final Set<Integer> RETRYABLE = Set.of(408, 409, 429, 503, 504);

    private final PageserverCalls calls;
    private final CellState state;

    public PageserverLocations(PageserverCalls calls, CellState state) {
        this.calls = calls;
        this.state = state;
    }

    /** Puts the location and says what is known of it then. Idempotent: repeating it leaves the same location. */
    public ObservedLocation put(NodeId node, TenantShardId shard, LocationConfig config, String query) {
        request(node, "PUT", "/v1/tenant/" + shard + "/location_config" + query, Json.bytes(config.toJson()));
        return new ObservedLocation(node, config.mode(), config.generation(), config.confHash(), 0);
    }

    /** Empty when there is nothing. */
    public Optional<LocationConfig> location(NodeId node, TenantShardId shard) {
        Answer answer = send(node, "GET", "/v1/location_config/" + shard, null, bound());
        if (answer.status() == 404) {
            return Optional.empty();
        }
        require(node, answer);
        var json = Json.parse(answer.body());
        if (!json.isObject()) {
            throw new IllegalStateException("node " + node + " is changing the location");
        }
        return Optional.of(LocationConfig.parse(json, TenantConfig.Mode.LENIENT));
    }

    /** A request that has to succeed. */
    public Answer request(NodeId node, String method, String path, byte @Nullable [] body) {
        Answer answer = send(node, method, path, body, bound());
        require(node, answer);
        return answer;
    }

    /** Fails unless the answer is a good one; as refused when trying again does not help. */
    public static void require(NodeId node, Answer answer) {
        if (answer.ok()) {
            return;
        }
        String why = "node " + node + ": " + answer.message();
        throw RETRYABLE.contains(answer.status()) ? new IllegalStateException(why) : Failures.refused(why);
    }

    /** A request whatever it is answered. */
    public Answer send(NodeId node, String method, String path, byte @Nullable [] body, Duration bound) {
        Endpoint endpoint = available(node);
        long settlesAtMs = System.currentTimeMillis() + bound.toMillis();
        try {
            return calls.call(endpoint, method, path, body, bound);
        } catch (IOException e) {
            String why = "node " + node + ": " + e.getMessage();
            // Only a PUT changes a location; anything else that is lost is as good as not sent.
            throw method.equals("PUT")
                    ? Failures.unanswered(node, settlesAtMs, why)
                    : new IllegalStateException(why, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Activity.wrap(e);
        }
    }

    /** Fails as refused when the node does not answer heartbeats. */
    public Endpoint available(NodeId node) {
        return state.availableNode(node)
                .orElseThrow(() -> Failures.refused("node " + node + " does not answer heartbeats"));
    }

    /** How long a request of the running activity may take. */
    public static Duration bound() {
        ActivityExecutionContext context = Activity.getExecutionContext();
        return context.getInfo().isLocal() ? ActivityDefaults.QUICK_REQUEST : ActivityDefaults.PATIENT_REQUEST;
    }

    /** Detached is reported by its mode: certainly nothing there. */
    public static ObservedLocation absent(NodeId node) {
        return new ObservedLocation(node, LocationMode.DETACHED, null, 0, 0);
    }
}
