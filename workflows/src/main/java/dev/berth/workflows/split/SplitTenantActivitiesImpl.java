package dev.berth.workflows.split;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.SplitStanding;
import dev.berth.schemas.model.SplitState;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.reply.Reply.SplitFrozen;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.Failures;
import dev.berth.workflows.common.OperationRun;
import dev.berth.workflows.common.PageserverLocations;
import dev.berth.workflows.common.RunFence;
import dev.berth.workflows.port.CellState;
import dev.berth.workflows.port.CellState.ShardPlaces;
import dev.berth.workflows.port.OperationCommands;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.PageserverCalls.Answer;
import dev.berth.workflows.port.SplitLedger;
import io.temporal.activity.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Talks to the pageservers, the ledger and the state machine. */
public final class SplitTenantActivitiesImpl implements SplitTenantActivities {
    private final OperationCommands commands;
    private final PageserverLocations pageservers;
    private final SplitLedger ledger;
    private final CellState state;
    private final RunFence fence;

    public SplitTenantActivitiesImpl(
            OperationCommands commands, PageserverCalls calls, SplitLedger ledger, CellState state) {
        this.commands = commands;
        this.pageservers = new PageserverLocations(calls, state);
        this.ledger = ledger;
        this.state = state;
        this.fence = new RunFence(state);
    }

    @Override
    public SplitFrozen freeze(OperationRun run) {
        Reply reply = decide(new FreezeSplit(run.operation(), run.run()));
        if (reply instanceof SplitFrozen frozen) {
            return frozen;
        }
        throw new IllegalStateException("the state machine answered " + reply);
    }

    @Override
    public SplitStanding prepareRows(SplitWork work, List<SplitParent> parents) {
        fence.require(work.run());
        return ledger.prepare(request(work, parents));
    }

    @Override
    public List<SplitChild> splitShard(SplitWork work, SplitParent parent, List<SplitChild> children) {
        fence.require(work.run());
        Optional<List<SplitChild>> before = found(parent, children);
        if (before.isPresent()) {
            return before.get();
        }
        ObjectNode body = Json.object();
        body.put("new_shard_count", work.order().to().value());
        if (work.order().setsStripeSize()) {
            body.put("new_stripe_size", work.order().stripeSize());
        }
        Answer answer = pageservers.send(
                parent.node(),
                "PUT",
                "/v1/tenant/" + parent.shard() + "/shard_split",
                Json.bytes(body),
                ActivityDefaults.SPLIT_REQUEST);
        // Not found: an earlier try whose answer was lost may have split it.
        if (answer.status() != 404) {
            PageserverLocations.require(parent.node(), answer);
            requireSame(parent, children, Json.parse(answer.body()));
        }
        return found(parent, children)
                .orElseThrow(() -> Failures.refused("node " + parent.node() + " has not all children of it"
                        + (answer.status() == 404 ? ", nor the shard itself" : "")));
    }

    private static void requireSame(SplitParent parent, List<SplitChild> children, JsonNode answer) {
        List<String> expected =
                children.stream().map(child -> child.shard().toString()).toList();
        List<String> made = StreamSupport.stream(answer.path("new_shards").spliterator(), false)
                .map(JsonNode::asText)
                .sorted()
                .toList();
        if (!made.equals(expected.stream().sorted().toList())) {
            throw Failures.refused("node " + parent.node() + " split it to " + made + ", expected " + expected);
        }
    }

    /** The children as they are on the node; empty when one is missing. One in another generation is not the one that was prepared. */
    private Optional<List<SplitChild>> found(SplitParent parent, List<SplitChild> children) {
        List<SplitChild> found = new ArrayList<>(children.size());
        for (SplitChild child : children) {
            Optional<LocationConfig> location = pageservers.location(parent.node(), child.shard());
            if (location.isEmpty()) {
                return Optional.empty();
            }
            LocationConfig there = location.get();
            if (there.mode() != LocationMode.ATTACHED_SINGLE
                    || !child.generation().equals(there.generation())) {
                throw Failures.refused("node " + parent.node() + " has child " + child.shard() + " as " + there.mode()
                        + " in generation " + there.generation() + ", not " + child.generation());
            }
            found.add(new SplitChild(
                    child.shard(),
                    child.generation(),
                    ObservedLocation.attached(parent.node(), there.mode(), child.generation(), there.confHash())));
        }
        return Optional.of(found);
    }

    @Override
    public SplitStanding commit(SplitWork work, List<SplitParent> parents) {
        fence.require(work.run());
        return ledger.commit(request(work, parents));
    }

    @Override
    public SplitState end(TenantId tenant, OperationId operation) {
        return ledger.end(tenant, operation);
    }

    @Override
    public SplitWork tellStateMachine(OperationRun run, TenantId tenant, List<SplitChild> seen) {
        Map<TenantShardId, SplitChild> verified =
                seen.stream().collect(Collectors.toMap(SplitChild::shard, Function.identity()));
        List<SplitChild> children = ledger.shards(tenant).stream()
                .map(child -> isStill(child, verified.get(child.shard())) ? verified.get(child.shard()) : child)
                .toList();
        Reply reply = decide(new CommitSplit(run.operation(), run.run(), children));
        if (reply instanceof Reply.OperationState now && now.split() != null) {
            return new SplitWork(run, tenant, now.incarnation(), now.split());
        }
        throw new IllegalStateException("the state machine answered " + reply);
    }

    private static boolean isStill(SplitChild now, @Nullable SplitChild seen) {
        return seen != null
                && seen.generation().equals(now.generation())
                && seen.location().node().equals(now.location().node());
    }

    @Override
    public void detachChild(NodeId node, TenantShardId child) {
        detach(node, child);
    }

    @Override
    public void removeParent(SplitWork work, int number) {
        TreeSet<NodeId> nodes = new TreeSet<>();
        for (ShardPlaces child : state.places(work.tenant(), work.incarnation())) {
            if (child.shard().count() == work.order().to().value()
                    && work.order().parentOf(child.shard().number()) == number) {
                Optional.ofNullable(child.attached()).ifPresent(nodes::add);
                nodes.addAll(child.secondaries());
                nodes.addAll(child.observed());
            }
        }
        TenantShardId parent =
                new TenantShardId(work.tenant(), number, work.order().from().value());
        for (NodeId node : nodes) {
            if (state.availableNode(node).isPresent()) {
                detach(node, parent);
            }
        }
    }

    private void detach(NodeId node, TenantShardId shard) {
        pageservers.put(node, shard, LocationConfig.detachedStray(shard), "");
    }

    @Override
    public void warmSecondaries(SplitWork work, TenantShardId child) {
        for (ShardPlaces places : state.places(work.tenant(), work.incarnation())) {
            if (places.shard().equals(child)
                    && places.attached() != null
                    && !places.secondaries().isEmpty()) {
                pageservers.request(places.attached(), "POST", "/v1/tenant/" + child + "/heatmap_upload", null);
                for (NodeId node : places.secondaries()) {
                    pageservers.request(node, "POST", "/v1/tenant/" + child + "/secondary/download?wait_ms=0", null);
                }
            }
        }
    }

    private static SplitLedger.Request request(SplitWork work, List<SplitParent> parents) {
        return new SplitLedger.Request(
                work.tenant(), work.incarnation(), work.run().operation(), work.order(), parents);
    }

    private Reply decide(OperationCommand command) {
        try {
            return switch (commands.decide(command)) {
                case Outcome.Accepted(Reply reply) -> reply;
                case Outcome.Rejected(Rejection rejection) -> throw Failures.rejected(rejection);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Activity.wrap(e);
        }
    }
}
