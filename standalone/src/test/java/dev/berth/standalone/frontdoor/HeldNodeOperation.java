package dev.berth.standalone.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.fault.FaultAction;
import dev.berth.standalone.cluster.BerthCluster;
import java.util.List;
import java.util.function.Supplier;

/** Of a node of its own, with one shard that is to leave it or, for a fill, to come home. */
final class HeldNodeOperation extends HeldOperation {
    private final long node;
    private final String tenant;
    private boolean ownNodeIsLost;

    HeldNodeOperation(LiveCell cell, BerthCluster cluster, OperationStep step, long node) {
        super(cell, cluster, step);
        this.node = node;
        this.tenant = cell.create(0, 1);
    }

    @Override
    void place(Loss loss) {
        ownNodeIsLost = loss == Loss.ATTACHMENT;
        String home = shard().path("preferred_az_id").asText();
        cell.addPageserver(node, home);
        if (loss == Loss.COPY) {
            bring(tenant, Loss.ATTACHMENT);
        }
        move(tenant, node);
        if (step.kind == OperationStep.Kind.NODE_FILL) {
            long abroad = cell.fleet.nodes().stream()
                    .filter(one -> one.id() < OWN_NODES && !one.zone().equals(home))
                    .mapToLong(SimulatedPageserver::id)
                    .findFirst()
                    .orElseThrow();
            move(tenant, abroad);
        }
    }

    @Override
    long lost() {
        return ownNodeIsLost ? node : LOST;
    }

    private JsonNode shard() {
        return cell.shards(tenant).getFirst();
    }

    private long attached() {
        return shard().path("node_attached").asLong();
    }

    @Override
    void order() {
        String word = switch (step.kind) {
            case NODE_DRAIN -> "drain";
            case NODE_FILL -> "fill";
            default -> "delete";
        };
        assertThat(cell.call("PUT", path() + "/" + word, null).status())
                .as(toString())
                .isIn(200, 202);
    }

    private String path() {
        return "/control/v1/node/" + node;
    }

    @Override
    List<Supplier<Hold>> holds() {
        return switch (step) {
            case DRAIN_MOVE, FILL_MOVE, NODE_DELETION_MOVE -> List.of(this::computes);
            case DRAIN_REVISIT, FILL_REVISIT, NODE_DELETION_REVISIT -> List.of(this::cold);
            case NODE_DELETION_WRITE_TOMBSTONE ->
                List.of(this::computes, () -> Hold.rows(cluster, "FROM node WHERE id = " + node));
            default -> List.of();
        };
    }

    /** The shard is served elsewhere, and its computes do not know. */
    private Hold computes() {
        long before = attached();
        return Hold.computes(cell, tenant, () -> attached() != before);
    }

    private Hold cold() {
        return Hold.request(
                        cell.fleet.nodes(), "GET", tenant + "/secondary/status", new FaultAction.Answer(503, "not now"))
                .and(() -> "revisit"
                        .equals(operation().path("progress").path("step").asText()));
    }

    @Override
    String filter() {
        return "node=" + node;
    }

    private void awaitPolicy(String policy) {
        cell.awaitPolicy(node, policy, LiveCell.BOUND);
    }

    @Override
    void awaitDone() {
        cell.awaitServed(tenant);
        switch (step.kind) {
            case NODE_DRAIN -> {
                awaitPolicy("PauseForRestart");
                assertThat(attached()).as(toString()).isNotEqualTo(node);
            }
            case NODE_FILL -> {
                awaitPolicy("Active");
                assertThat(attached()).as(toString()).isEqualTo(node);
            }
            default -> {
                assertThat(cell.get(path()).status()).as(toString()).isEqualTo(404);
                assertThat(cell.pageserver(node).locations()).as(toString()).isEmpty();
            }
        }
    }

    /** What has moved stays where it is. */
    @Override
    void awaitUndone() {
        awaitPolicy("Active");
        cell.awaitServed(tenant);
    }

    @Override
    void awaitSettled(boolean carriedOut) {
        cell.awaitServed(tenant);
        assertThat(cell.policy(node)).as(toString()).isNotIn("Draining", "Filling", "Deleting");
    }
}
