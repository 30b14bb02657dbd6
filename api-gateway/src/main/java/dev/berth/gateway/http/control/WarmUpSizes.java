package dev.berth.gateway.http.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.relay.PageserverRelay;
import dev.berth.gateway.relay.RelayCall;
import dev.berth.gateway.relay.RelayedAnswer;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.MalformedJson;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.OperationPlan.Move;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.pageserver.SecondaryProgress;
import dev.berth.schemas.pageserver.UnreadableBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What the destinations of moves have to download. The state does not know the sizes of shards, so pageservers are asked: a destination that
 * has a copy says what it lacks; for one without, another copy says how much there is, or else whoever serves the shard. What nobody has
 * said in time is not known, with the reason.
 */
public final class WarmUpSizes {
    private final PageserverRelay relay;

    public WarmUpSizes(PageserverRelay relay) {
        this.relay = relay;
    }

    /** Nobody can say it, or nobody has. */
    private static final class Unknown extends Exception {
        private static final long serialVersionUID = 1L;

        Unknown(String why) {
            super(why, null, false, false);
        }
    }

    /** The moves in their order, each with what is known of its bytes. */
    List<Move> of(ControllerView state, List<PlannedShard> moves) {
        Semaphore calls = new Semaphore(Limits.PLAN_BYTES_CALLS_MAX);
        List<Callable<Long>> questions = moves.stream()
                .map(move -> (Callable<Long>) () -> {
                    calls.acquire();
                    try {
                        return bytes(state, move);
                    } finally {
                        calls.release();
                    }
                })
                .toList();
        List<Move> answered = new ArrayList<>(moves.size());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> answers =
                    threads.invokeAll(questions, Limits.PLAN_BYTES_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            for (int i = 0; i < moves.size(); i++) {
                answered.add(answered(moves.get(i), answers.get(i)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("Shutting down");
        }
        return answered;
    }

    private static Move answered(PlannedShard move, Future<Long> answer) throws InterruptedException {
        if (answer.isCancelled()) {
            return new Move(
                    move, null, "not answered within " + Limits.PLAN_BYTES_WAIT.toSeconds() + " s for all shards");
        }
        try {
            return new Move(move, answer.get(), null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Unknown unknown) {
                return new Move(move, null, unknown.getMessage());
            }
            throw new IllegalStateException("sizes could not be asked for", e.getCause());
        }
    }

    private long bytes(ControllerView state, PlannedShard move) throws Unknown {
        long sum = 0;
        for (NodeId destination : move.destinations()) {
            sum += move.from().secondaries().contains(destination)
                    ? status(state, destination, move.shard()).bytesMissing()
                    : size(state, move);
        }
        return sum;
    }

    private long size(ControllerView state, PlannedShard move) throws Unknown {
        for (NodeId copy : move.from().secondaries()) {
            try {
                return status(state, copy, move.shard()).bytesTotal();
            } catch (Unknown e) {
                // The next one may know.
                continue;
            }
        }
        NodeId attached = move.from().attached();
        if (attached == null) {
            throw new Unknown("nobody serves it who could say how large it is");
        }
        JsonNode size = ask(state, attached, move.shard(), "").path("current_physical_size");
        if (!size.canConvertToLong()) {
            throw new Unknown("node " + attached + " does not say how large it is");
        }
        return size.asLong();
    }

    private SecondaryProgress status(ControllerView state, NodeId node, TenantShardId shard) throws Unknown {
        SecondaryProgress progress;
        try {
            progress = SecondaryProgress.parse(ask(state, node, shard, "/secondary/status"));
        } catch (UnreadableBody e) {
            throw new Unknown("node " + node + ": " + e.getMessage());
        }
        if (progress.heatmapMtime() == null) {
            throw new Unknown("node " + node + " has not begun to download and does not know how much there is");
        }
        return progress;
    }

    private JsonNode ask(ControllerView state, NodeId id, TenantShardId shard, String rest) throws Unknown {
        Node node = state.node(id);
        if (node == null || !node.isAvailable()) {
            throw new Unknown("node " + id + " does not answer heartbeats");
        }
        try {
            RelayedAnswer answer = Cell.join(relay.send(RelayCall.management(
                    node.registration(),
                    "warm_up_size",
                    "GET",
                    "/v1/tenant/" + shard + rest,
                    null,
                    Limits.PLAN_BYTES_TIMEOUT)));
            if (!answer.isSuccess()) {
                throw new Unknown(
                        Objects.requireNonNullElse(answer.error().getMessage(), "node " + id + " has refused to say"));
            }
            return Json.parse(answer.body());
        } catch (ApiError | MalformedJson e) {
            throw new Unknown("node " + id + ": " + e.getMessage());
        }
    }
}
