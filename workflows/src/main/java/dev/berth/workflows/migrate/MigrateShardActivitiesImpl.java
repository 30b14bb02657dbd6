package dev.berth.workflows.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TimelineId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.pageserver.TimelineInfo;
import dev.berth.workflows.common.Failures;
import dev.berth.workflows.common.Interruption;
import dev.berth.workflows.common.PageserverLocations;
import dev.berth.workflows.common.RunFence;
import dev.berth.workflows.common.Stay;
import dev.berth.workflows.port.CellState;
import dev.berth.workflows.port.CellState.ShardFacts;
import dev.berth.workflows.port.GenerationLedger;
import dev.berth.workflows.port.GenerationLedger.Owner;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.PageserverCalls.Answer;
import dev.berth.workflows.port.WaitingTime;
import io.temporal.activity.Activity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Talks to the two pageservers and the ledger. */
public final class MigrateShardActivitiesImpl implements MigrateShardActivities {
    /** How long the origin may write out what it holds before it is frozen (M1). */
    private static final Duration FLUSH = Duration.ofSeconds(10);

    private static final Duration WAIT_LSN_QUICK = Duration.ofMillis(1500);
    private static final Duration WAIT_LSN = Duration.ofSeconds(10);

    /** Rounds of waiting within an ordinary activity stay below this; after each the run makes sure that it still has the operation. */
    private static final Duration ROUND = Duration.ofSeconds(15);

    /** From one request for layers to the next. A pageserver that is still downloading answers only after the time it is given. */
    private static final Duration DOWNLOADS_APART = Duration.ofSeconds(20);

    /** Nobody writes while this is waited for. */
    private static final Duration CATCH_UPS_APART = Duration.ofSeconds(2);

    private final PageserverLocations pageservers;
    private final GenerationLedger ledger;
    private final CellState state;
    private final RunFence fence;
    private final WaitingTime time;

    public MigrateShardActivitiesImpl(
            PageserverCalls calls, GenerationLedger ledger, CellState state, WaitingTime time) {
        this.pageservers = new PageserverLocations(calls, state);
        this.ledger = ledger;
        this.state = state;
        this.fence = new RunFence(state);
        this.time = time;
    }

    @Override
    public ObservedLocation makeSecondary(Move move) {
        return pageservers.put(move.destination(), move.shard(), secondary(move, facts(move)), "");
    }

    @Override
    public void uploadHeatmap(Move move) {
        facts(move);
        pageservers.send(move.origin(), "POST", path(move, "/heatmap_upload"), null, PageserverLocations.bound());
    }

    @Override
    public boolean downloadLayers(Move move, long boundMs) {
        facts(move);
        Duration wait = Duration.ofMillis(boundMs);
        Answer answer = pageservers.send(
                move.destination(),
                "POST",
                path(move, "/secondary/download?wait_ms=" + boundMs),
                null,
                wait.plusSeconds(3));
        return answer.status() == 200;
    }

    @Override
    public String awaitLayers(Move move, long requestMs, String known, Duration longest) {
        return new Stay(time, DOWNLOADS_APART)
                .until(known, longest, () -> downloadLayers(move, requestMs) ? "" : known);
    }

    @Override
    public Baseline freezeOrigin(Move move, @Nullable Generation known) {
        ShardFacts facts = facts(move);
        pageservers.available(move.destination());
        Generation generation = known == null ? attachedGeneration(move) : known;
        boolean local = Activity.getExecutionContext().getInfo().isLocal();
        Duration flush = local ? PageserverLocations.bound().minusSeconds(1) : FLUSH;
        LocationConfig stale = attached(move, facts, LocationMode.ATTACHED_STALE, generation);
        pageservers.put(move.origin(), move.shard(), stale, "?flush_ms=" + flush.toMillis());
        List<Baseline.Position> positions = timelines(move, move.origin()).stream()
                .flatMap(timeline ->
                        timeline.lastRecordLsn().map(lsn -> new Baseline.Position(timeline.timelineId(), lsn)).stream())
                .toList();
        return new Baseline(generation, positions);
    }

    private Generation attachedGeneration(Move move) {
        LocationConfig found = pageservers
                .location(move.origin(), move.shard())
                .orElseThrow(() -> Failures.refused("the shard is not on node " + move.origin() + " any more"));
        if (!found.attached() || found.generation() == null) {
            throw Failures.refused("node " + move.origin() + " has the shard as " + found.mode());
        }
        return found.generation();
    }

    private List<TimelineInfo> timelines(Move move, NodeId node) {
        return TimelineInfo.parseList(Json.parse(
                pageservers.request(node, "GET", path(move, "/timeline"), null).body()));
    }

    @Override
    public Optional<Generation> issueGeneration(Move move, @Nullable Generation known) {
        ShardFacts facts = facts(move);
        return ledger.issue(new GenerationLedger.Request(
                move.shard(),
                move.incarnation(),
                facts.count(),
                facts.stripeSize(),
                facts.initial(),
                known,
                move.destination(),
                move.sequence()));
    }

    @Override
    public ObservedLocation attachDestination(Move move, Generation generation) {
        LocationConfig multi = attached(move, facts(move), LocationMode.ATTACHED_MULTI, generation);
        return pageservers.put(move.destination(), move.shard(), multi, "");
    }

    @Override
    public boolean catchUp(Move move, Baseline baseline) {
        facts(move);
        if (baseline.positions().isEmpty()) {
            return true;
        }
        boolean local = Activity.getExecutionContext().getInfo().isLocal();
        if (waitLsn(move, baseline, local ? WAIT_LSN_QUICK : WAIT_LSN)) {
            return true;
        }
        Map<TimelineId, Lsn> reached = timelines(move, move.destination()).stream()
                .filter(timeline -> timeline.lastRecordLsn().isPresent())
                .collect(Collectors.toMap(
                        TimelineInfo::timelineId,
                        timeline -> timeline.lastRecordLsn().orElseThrow()));
        return baseline.positions().stream().allMatch(position -> {
            Lsn now = reached.get(position.timeline());
            return now == null || now.compareTo(position.lastRecord()) >= 0;
        });
    }

    @Override
    public String awaitCaughtUp(Move move, Baseline baseline, String known, Duration longest) {
        return new Stay(time, CATCH_UPS_APART).until(known, longest, () -> catchUp(move, baseline) ? "" : known);
    }

    private boolean waitLsn(Move move, Baseline baseline, Duration wait) {
        ObjectNode body = Json.object();
        baseline.positions()
                .forEach(position -> body.put(
                        position.timeline().toString(), position.lastRecord().toString()));
        body.putObject("timeout").put("secs", wait.toSeconds()).put("nanos", wait.toNanosPart());
        Answer answer = pageservers.send(
                move.destination(), "POST", path(move, "/wait_lsn"), Json.bytes(body), wait.plusSeconds(2));
        return answer.status() == 200;
    }

    @Override
    public boolean computesTold(Move move, long mapping) {
        fence.require(move.run());
        boolean local = Activity.getExecutionContext().getInfo().isLocal();
        Duration bound = local ? PageserverLocations.bound() : ROUND;
        return Interruption.ends(
                () -> state.awaitComputesTold(move.shard().tenant(), move.incarnation(), mapping, bound));
    }

    @Override
    public String awaitComputesTold(Move move, long mapping, String known, Duration longest) {
        return new Stay(time, Duration.ZERO).until(known, longest, () -> computesTold(move, mapping) ? "" : known);
    }

    /** P3: only what the ledger gave to somebody else is demoted. */
    @Override
    public ObservedLocation releaseOrigin(Move move) {
        ShardFacts facts = facts(move);
        if (isOwner(move, move.origin())) {
            throw Failures.superseded("the ledger gave the shard back to node " + move.origin());
        }
        if (facts.secondaries().contains(move.origin())) {
            return pageservers.put(move.origin(), move.shard(), secondary(move, facts), "");
        }
        LocationConfig gone = LocationConfig.detached(move.shard().index(), facts.stripeSize(), facts.config());
        pageservers.put(move.origin(), move.shard(), gone, "");
        return PageserverLocations.absent(move.origin());
    }

    @Override
    public ObservedLocation settleDestination(Move move, Generation generation) {
        LocationConfig single = attached(move, facts(move), LocationMode.ATTACHED_SINGLE, generation);
        return pageservers.put(move.destination(), move.shard(), single, "");
    }

    @Override
    public Optional<ObservedLocation> restoreOrigin(Move move, Generation generation) {
        ShardFacts facts = facts(move);
        boolean owns = ledger.owner(move.shard())
                .filter(owner -> move.origin().equals(owner.node()) && generation.equals(owner.generation()))
                .isPresent();
        if (!owns) {
            return Optional.empty();
        }
        LocationConfig single = attached(move, facts, LocationMode.ATTACHED_SINGLE, generation);
        return Optional.of(pageservers.put(move.origin(), move.shard(), single, ""));
    }

    private boolean isOwner(Move move, NodeId node) {
        return ledger.owner(move.shard()).map(Owner::node).filter(node::equals).isPresent();
    }

    private ShardFacts facts(Move move) {
        fence.require(move.run());
        return state.shard(move.shard(), move.incarnation())
                .orElseThrow(() -> Failures.superseded("the shard is gone"));
    }

    private static LocationConfig attached(Move move, ShardFacts facts, LocationMode mode, Generation generation) {
        return LocationConfig.attached(
                mode,
                generation,
                move.shard().index(),
                facts.stripeSize(),
                LocationFlavour.forAttached(facts.config(), facts.hasSecondaries()));
    }

    private static LocationConfig secondary(Move move, ShardFacts facts) {
        return LocationConfig.secondary(
                move.shard().index(), facts.stripeSize(), LocationFlavour.forSecondary(facts.config()));
    }

    private static String path(Move move, String rest) {
        return "/v1/tenant/" + move.shard() + rest;
    }
}
