package dev.berth.workflows.delete;

import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workflows.common.Failures;
import dev.berth.workflows.common.Interruption;
import dev.berth.workflows.common.PageserverLocations;
import dev.berth.workflows.common.RunFence;
import dev.berth.workflows.common.Stay;
import dev.berth.workflows.port.CellState;
import dev.berth.workflows.port.GenerationLedger;
import dev.berth.workflows.port.PageserverCalls;
import dev.berth.workflows.port.PageserverCalls.Answer;
import dev.berth.workflows.port.WaitingTime;
import io.temporal.activity.Activity;
import java.time.Duration;
import java.util.List;

/** Talks to one pageserver and the ledger. */
public final class DeleteTenantActivitiesImpl implements DeleteTenantActivities {
    private static final Duration ROUND = Duration.ofSeconds(15);

    private final PageserverLocations pageservers;
    private final GenerationLedger ledger;
    private final CellState state;
    private final RunFence fence;
    private final WaitingTime time;

    public DeleteTenantActivitiesImpl(
            PageserverCalls calls, GenerationLedger ledger, CellState state, WaitingTime time) {
        this.pageservers = new PageserverLocations(calls, state);
        this.ledger = ledger;
        this.state = state;
        this.fence = new RunFence(state);
        this.time = time;
    }

    @Override
    public String awaitDetached(Deletion deletion) {
        fence.require(deletion.run());
        boolean local = Activity.getExecutionContext().getInfo().isLocal();
        Duration bound = local ? PageserverLocations.bound() : ROUND;
        return Interruption.ends(() -> state.awaitDetached(deletion.tenant(), deletion.incarnation(), bound))
                .orElse("");
    }

    @Override
    public String stayUntilDetached(Deletion deletion, String known, Duration longest) {
        return new Stay(time, Duration.ZERO).until(known, longest, () -> awaitDetached(deletion));
    }

    @Override
    public void purgeRemote(Deletion deletion) {
        fence.require(deletion.run());
        List<Endpoint> nodes = state.availableNodes();
        if (nodes.isEmpty()) {
            throw Failures.refused("no pageserver answers heartbeats");
        }
        // Another attempt asks another node; the tenant decides where it begins, so that deletions spread.
        int attempt = Activity.getExecutionContext().getInfo().getAttempt();
        Endpoint node = nodes.get(Math.floorMod(deletion.tenant().hashCode() + attempt, nodes.size()));
        Answer answer = pageservers.send(
                node.node(), "DELETE", "/v1/tenant/" + deletion.tenant(), null, PageserverLocations.bound());
        if (!answer.ok() && answer.status() != 404) {
            throw new IllegalStateException("node " + node.node() + ": " + answer.message());
        }
    }

    @Override
    public void removeRows(Deletion deletion) {
        fence.require(deletion.run());
        ledger.deleteTenant(deletion.tenant(), deletion.incarnation());
    }
}
