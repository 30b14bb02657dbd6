package dev.berth.workflows.timetravel;

import dev.berth.schemas.config.Json;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.Failures;
import dev.berth.workflows.common.PageserverLocations;
import dev.berth.workflows.port.CellState;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.PageserverCalls.Answer;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;

/** Talks to one pageserver. */
public final class TimeTravelActivitiesImpl implements TimeTravelActivities {
    private static final int NODES_ASKED = 3;

    /** Where there is no answer within this time, another node is asked. What two of them do is the same. */
    private static final Duration ASK_ANOTHER = Duration.ofSeconds(20);

    private final PageserverLocations pageservers;
    private final CellState state;

    public TimeTravelActivitiesImpl(PageserverCalls calls, CellState state) {
        this.pageservers = new PageserverLocations(calls, state);
        this.state = state;
    }

    @Override
    public void travel(ShardTravel travel) {
        requireRun(travel);
        List<Endpoint> nodes = state.availableNodes();
        if (nodes.isEmpty()) {
            throw new IllegalStateException("no pageserver answers heartbeats");
        }
        // The tenant decides who is asked first, so that one node does all of it.
        int first = travel.shard().tenant().hashCode();
        long begunNanos = System.nanoTime();
        for (int i = 0; i < NODES_ASKED; i++) {
            Endpoint node = nodes.get(Math.floorMod(first + i, nodes.size()));
            boolean isLast = i == NODES_ASKED - 1;
            try {
                require(travel, node, send(node, travel));
                return;
            } catch (ApplicationFailure e) {
                boolean isSoon = System.nanoTime() - begunNanos < ASK_ANOTHER.toNanos();
                if (!Failures.UNANSWERED.equals(e.getType()) || isLast || !isSoon) {
                    throw e;
                }
            }
        }
    }

    private static void require(ShardTravel travel, Endpoint node, Answer answer) {
        if (!answer.ok()) {
            throw Failures.refused("Error doing time travel recovery for shard " + travel.shard() + " on node "
                    + node.node() + " (" + node.host() + "): pageserver API: " + text(answer));
        }
    }

    /** It may take as long as the store needs to list what it has. */
    private Answer send(Endpoint node, ShardTravel travel) {
        String path = "/v1/tenant/" + travel.shard() + "/time_travel_remote_storage?travel_to=" + travel.travelTo()
                + "&done_if_after=" + travel.doneIfAfter();
        return pageservers.send(node.node(), "PUT", path, null, ActivityDefaults.TIME_TRAVEL_REQUEST);
    }

    private static String text(Answer answer) {
        try {
            String said = Json.parse(answer.body()).path("msg").asText();
            return said.isEmpty() ? answer.message() : said;
        } catch (IllegalArgumentException e) {
            return answer.message();
        }
    }

    private void requireRun(ShardTravel travel) {
        try {
            state.obstacle(travel.run().operation(), travel.run().run()).ifPresent(why -> {
                throw Failures.superseded(why);
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Activity.wrap(e);
        }
    }
}
