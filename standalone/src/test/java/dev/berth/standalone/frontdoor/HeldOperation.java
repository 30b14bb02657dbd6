package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** An operation that is ordered, kept in a step, and released; and how its subject is when it has ended. */
abstract class HeldOperation {
    /** Ids from here on are those of nodes that operations are about; tenants begin on others. */
    static final long OWN_NODES = 100;

    /** A pageserver that is taken away from operations. */
    static final long LOST = 1;

    /** What an operation has on the pageserver that is taken away; of one on a node the attachment is on that node. */
    enum Loss {
        NOTHING,
        ATTACHMENT,
        COPY
    }

    /** Also where the death of a process is only noticed by its silence. */
    private static final Duration ENDED = Duration.ofSeconds(120);

    final LiveCell cell;
    final BerthCluster cluster;
    final OperationStep step;
    private String id = "";
    private Hold hold = Hold.none(() -> false);

    HeldOperation(LiveCell cell, BerthCluster cluster, OperationStep step) {
        this.cell = cell;
        this.cluster = cluster;
        this.step = step;
    }

    /**
     * Makes the operation's subject.
     *
     * @param node for an operation on a node: the id of one that is not there yet
     */
    static HeldOperation prepare(LiveCell cell, BerthCluster cluster, OperationStep step, long node) {
        return switch (step.kind) {
            case SHARD_MIGRATION -> new HeldMigration(cell, cluster, step);
            case SHARD_SPLIT -> new HeldSplit(cell, cluster, step);
            case TENANT_DELETE -> new HeldTenantDeletion(cell, cluster, step);
            case TENANT_TIME_TRAVEL -> new HeldTimeTravel(cell, cluster, step);
            case NODE_DRAIN, NODE_FILL, NODE_DELETE -> new HeldNodeOperation(cell, cluster, step, node);
        };
    }

    /** Brings the subject to where it is to be, when no tenants are created any more. */
    abstract void place(Loss loss);

    /** The pageserver that has it. */
    long lost() {
        return LOST;
    }

    final void bring(String tenant, Loss loss) {
        if (loss != Loss.NOTHING && cell.attachedNode(tenant, 0) != LOST) {
            move(tenant, LOST);
        }
        if (loss == Loss.COPY) {
            move(tenant, secondary(tenant));
        }
    }

    final long secondary(String tenant) {
        return cell.shards(tenant).getFirst().path("node_secondary").path(0).asLong();
    }

    final void move(String tenant, long to) {
        Answer answer = cell.migrate(tenant, to);
        assertThat(answer.status()).as(this + ": " + answer).isEqualTo(200);
    }

    abstract void order();

    /** One after the other: each but the last is released when the next one is there. */
    abstract List<Supplier<Hold>> holds();

    /** Query by which the list of operations has this one only. */
    abstract String filter();

    /** Waits until everything is as it should be when the operation has been carried out. */
    abstract void awaitDone();

    /** Waits until everything is as it was. */
    abstract void awaitUndone();

    /** Waits until the shards are served, wherever they are by now, or gone if that was asked for. */
    abstract void awaitSettled(boolean carriedOut);

    /** Returns when it is in its step. */
    final void begin() {
        List<Supplier<Hold>> holds = holds();
        hold = holds.isEmpty()
                ? Hold.none(() -> "accepted".equals(state()))
                : holds.getFirst().get();
        // The subject may have been brought to where it is by an operation of the same kind.
        String before = newest();
        order();
        id = await("the " + this + " is listed").atMost(LiveCell.BOUND).until(this::newest, now -> !now.equals(before));
        for (Supplier<Hold> next : holds.stream().skip(1).toList()) {
            awaitReached();
            Hold former = hold;
            hold = next.get();
            former.release();
        }
        awaitReached();
    }

    private void awaitReached() {
        await("the " + this + " is held")
                .atMost(LiveCell.BOUND.multipliedBy(2))
                .untilAsserted(() ->
                        assertThat(hold.isReached()).as(operation().toString()).isTrue());
    }

    final void release() {
        hold.release();
    }

    /** Its id; empty when there is none. */
    private String newest() {
        return cell.get("/control/v1/operation?kind=" + step.kind.text() + "&" + filter())
                .body()
                .path("operations")
                .path(0)
                .path("id")
                .asText();
    }

    final JsonNode operation() {
        return cell.get("/control/v1/operation/" + id).body();
    }

    final String state() {
        return operation().path("state").asText();
    }

    /** What its run says of itself. */
    final JsonNode run() {
        return Workflows.progress(cluster, operation().path("workflow_id").asText());
    }

    /** Waits until the run has been told what was asked of it last. */
    final void awaitTold(String action) {
        await("the " + this + " is told " + action)
                .atMost(LiveCell.BOUND)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(() -> {
                    JsonNode run = run();
                    boolean isTold = action.equals("pause")
                            ? run.path("paused").asBoolean()
                            : run.path("abortRequested").isTextual();
                    assertThat(isTold).as(run.toString()).isTrue();
                });
    }

    final void steer(String action, String reason) {
        Answer answer =
                cell.call("POST", "/control/v1/operation/" + id + "/" + action, "{\"reason\": \"" + reason + "\"}");
        assertThat(answer.status()).as(this + ": " + answer).isEqualTo(200);
    }

    final void awaitState(String state) {
        await("the " + this + " is " + state)
                .atMost(ENDED)
                .failFast(() -> {
                    String now = state();
                    if (!now.equals(state) && List.of("completed", "aborted").contains(now)) {
                        throw new AssertionError("the " + this + " is not " + state + ": " + operation());
                    }
                })
                .until(() -> state.equals(state()));
    }

    /** How it has ended. */
    final String awaitEnded() {
        return await("the " + this + " has ended")
                .atMost(ENDED)
                .until(this::state, List.of("completed", "aborted")::contains);
    }

    @Override
    public final String toString() {
        return step + " of " + filter();
    }
}
