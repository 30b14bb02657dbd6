package dev.berth.workflows.node;

import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodePlan;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.Skipped;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.Unsettled;
import dev.berth.schemas.pageserver.SecondaryProgress;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workflows.common.Failures;
import dev.berth.workflows.common.Interruption;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.RunFence;
import dev.berth.workflows.port.CellState;
import dev.berth.workflows.port.GenerationLedger;
import dev.berth.workflows.port.OperationCommands;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.PageserverCalls.Answer;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Reads the state, asks the destinations, appends the moves. */
public final class NodeActivitiesImpl implements NodeActivities {
    private static final Duration STATUS = Duration.ofMillis(1_000);
    /** What a destination that is asked to download may take to say that it does. */
    private static final Duration KICK = Duration.ofMillis(1_000);

    private static final int CALLS_AT_ONCE = 32;
    private static final int SURVEY_PART = 256;

    private static final Duration QUICK_ROUND = Duration.ofSeconds(2);
    private static final Duration ROUND = Duration.ofSeconds(15);

    private final OperationCommands commands;
    private final PageserverCalls pageservers;
    private final GenerationLedger ledger;
    private final CellState state;
    private final RunFence fence;
    private final long lagBytesMax;

    /** @param lagBytesMax a secondary that lacks more is too cold to take over (behaviour 5.7) */
    public NodeActivitiesImpl(
            OperationCommands commands,
            PageserverCalls pageservers,
            GenerationLedger ledger,
            CellState state,
            long lagBytesMax) {
        this.commands = commands;
        this.pageservers = pageservers;
        this.ledger = ledger;
        this.state = state;
        this.fence = new RunFence(state);
        this.lagBytesMax = lagBytesMax;
    }

    @Override
    public NodePlan plan(OperationRun run, @Nullable TenantShardId after, int room) {
        fence.require(run);
        return state.nodePlan(run.operation(), after, room)
                .orElseThrow(() -> Failures.superseded("operation " + run.operation() + " is not open"));
    }

    @Override
    public List<Skipped> survey(OperationRun run) {
        List<Skipped> staying = new ArrayList<>();
        TenantShardId after = null;
        do {
            NodePlan part = plan(run, after, SURVEY_PART);
            staying.addAll(part.staying());
            after = part.next();
        } while (after != null && staying.size() < OperationProgress.SKIPPED_MAX);
        return staying;
    }

    @Override
    public List<Skipped> cold(OperationRun run, List<ShardMove> moves) {
        fence.require(run);
        try {
            return Interruption.ends(() -> askAll(moves));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a destination could not be asked: " + e.getCause(), e);
        }
    }

    private List<Skipped> askAll(List<ShardMove> moves) throws InterruptedException, ExecutionException {
        List<Skipped> cold = new ArrayList<>();
        Semaphore calls = new Semaphore(CALLS_AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<String>>> lags = moves.stream()
                    .map(move -> threads.submit(() -> {
                        calls.acquire();
                        try {
                            return lag(move);
                        } finally {
                            calls.release();
                        }
                    }))
                    .toList();
            for (int i = 0; i < moves.size(); i++) {
                TenantShardId shard = moves.get(i).shard();
                lags.get(i).get().ifPresent(lag -> cold.add(new Skipped(shard, lag)));
            }
        }
        return cold;
    }

    /** Why the destination is not warm; empty when it is. */
    private Optional<String> lag(ShardMove move) throws InterruptedException {
        NodeId to = Objects.requireNonNull(move.to(), "a move without a destination needs no warmth");
        Optional<Endpoint> node = state.availableNode(to);
        if (node.isEmpty()) {
            return Optional.of("node " + to + " does not answer heartbeats");
        }
        String lag = lag(node.get(), move.shard());
        if (lag != null) {
            warmUp(node.get(), move.shard());
        }
        return Optional.ofNullable(lag);
    }

    private @Nullable String lag(Endpoint node, TenantShardId shard) throws InterruptedException {
        Answer answer;
        try {
            answer = pageservers.call(node, "GET", path(shard, "/secondary/status"), null, STATUS);
        } catch (IOException e) {
            return "how far node " + node.node() + " has downloaded is not known: " + e.getMessage();
        }
        if (!answer.ok()) {
            return "how far node " + node.node() + " has downloaded is not known: " + answer.message();
        }
        SecondaryProgress progress = SecondaryProgress.parse(Json.parse(answer.body()));
        if (progress.heatmapMtime() == null) {
            return "node " + node.node() + " has not begun to download";
        }
        return progress.bytesMissing() <= lagBytesMax
                ? null
                : "node " + node.node() + " lacks " + progress.bytesMissing() + " bytes";
    }

    /** A fresh heatmap first: without one the destination has nothing to go by. Whatever fails here is tried again with the next look. */
    private void warmUp(Endpoint destination, TenantShardId shard) throws InterruptedException {
        Optional<Endpoint> attached = state.attachedTo(shard).flatMap(state::availableNode);
        try {
            if (attached.isPresent()) {
                pageservers.call(attached.get(), "POST", path(shard, "/heatmap_upload"), null, KICK);
            }
            pageservers.call(destination, "POST", path(shard, "/secondary/download?wait_ms=500"), null, KICK);
        } catch (IOException e) {
            // A download that has begun goes on without whoever asked for it.
        }
    }

    private static String path(TenantShardId shard, String rest) {
        return "/v1/tenant/" + shard + rest;
    }

    @Override
    public List<Skipped> move(OperationRun run, List<ShardMove> moves) {
        MoveShards command = new MoveShards(run.operation(), run.run(), moves);
        return switch (Interruption.ends(() -> commands.decide(command))) {
            case Outcome.Accepted(Reply.MovesRefused(List<Skipped> refused)) -> refused;
            case Outcome.Accepted accepted -> List.of();
            case Outcome.Rejected(Rejection rejection) -> throw Failures.rejected(rejection);
        };
    }

    @Override
    public Unsettled awaitSettled(OperationRun run, List<TenantShardId> shards) {
        fence.require(run);
        boolean local = Activity.getExecutionContext().getInfo().isLocal();
        return Interruption.ends(() -> state.awaitSettled(shards, local ? QUICK_ROUND : ROUND));
    }

    @Override
    public void writeTombstone(OperationRun run, NodeId node) {
        fence.require(run);
        ledger.deleteNode(node);
    }
}
