package dev.berth.workers.shard;

import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerException;
import dev.berth.ledger.ShardRow;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.model.WorkStep.Action;
import dev.berth.schemas.task.WorkError;
import dev.berth.workers.pageserver.Pageservers;
import dev.berth.workers.pageserver.Pageservers.Answer;
import dev.berth.workers.pageserver.Pageservers.Found;
import dev.berth.workers.shard.ShardWork.LeaseOver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls by which locations are read and changed, each within its work's lease (P2) and its node's limit (P20). What is learnt is
 * reported at once; where an answer is missing the location is unknown until the request can no longer take effect (P3).
 */
final class Locations {
    private static final Logger LOG = LoggerFactory.getLogger(Locations.class);
    static final Duration PUT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration GET_TIMEOUT = Duration.ofSeconds(5);
    /** How long a pageserver that hands a shard over may write out what it holds; what it does not manage is read again from the log. */
    private static final Duration FLUSH = Duration.ofSeconds(3);

    private static final int TRIES = 3;
    private static final long PAUSE_MS = 300;
    private static final Set<Integer> RETRYABLE = Set.of(503, 504, 408);

    private final Ledger ledger;
    private final Pageservers pageservers;
    private final Leases leases;
    private final NodeLimits limits;
    private final CatchUp catchUp;

    Locations(Ledger ledger, Pageservers pageservers, Leases leases, NodeLimits limits) {
        this.ledger = ledger;
        this.pageservers = pageservers;
        this.leases = leases;
        this.limits = limits;
        this.catchUp = new CatchUp(pageservers);
    }

    Found read(ShardWork work, NodeId node) throws IOException, InterruptedException {
        return limits.call(node, () -> pageservers.location(work.endpoint(node), work.shard(), GET_TIMEOUT));
    }

    /** Makes an origin stale. One that does not answer is not waited for. */
    void freeze(ShardWork work, NodeId node, Generation held) throws InterruptedException {
        LocationConfig stale = work.attachedLocation(LocationMode.ATTACHED_STALE, held);
        try {
            if (put(work, node, stale, "?flush_ms=" + FLUSH.toMillis()).ok()) {
                work.known(node, stale);
                work.frozenAt(catchUp.positions(work.endpoint(node), work.shard()));
            }
        } catch (LeaseOver e) {
            LOG.debug("no time is left to freeze the origin shard={}", work.shard());
        } catch (IOException e) {
            unanswered(work, node);
        }
    }

    /** False when it is not attached as wanted, and the work has failed. */
    boolean attach(ShardWork work, NodeId node) throws InterruptedException {
        return send(work, node, work.wantedAttachment(), "?lazy=true");
    }

    /** Takes a step that takes no attachment away, or one of which that is right. */
    void take(ShardWork work, WorkStep step) throws InterruptedException {
        send(work, step.node(), work.wanted(step), "");
    }

    /** P3: an attached location goes only if the ledger says that somebody else owns the shard. */
    void demote(ShardWork work, WorkStep step) throws InterruptedException {
        try {
            if (isUnknown(step) && isDecidedByReading(work, step)) {
                return;
            }
            for (ShardRow row : ledger.read(List.of(work.shard()))) {
                if (step.node().equals(row.node())) {
                    work.fail(WorkError.Kind.SUPERSEDED, "node " + step.node() + " owns the shard");
                    return;
                }
            }
            take(work, step);
        } catch (IOException | IllegalArgumentException e) {
            work.failAt(step.node(), String.valueOf(e.getMessage()));
        } catch (LedgerException e) {
            work.fail(WorkError.Kind.RETRYABLE, "ledger: " + e.getMessage());
        }
    }

    private static boolean isUnknown(WorkStep step) {
        return step.known() != null && !step.known().isKnown();
    }

    /** Whether nothing is to be done there: it is gone already, or turned out to be attached, and may not be touched. */
    private boolean isDecidedByReading(ShardWork work, WorkStep step) throws IOException, InterruptedException {
        Found found = read(work, step.node());
        if (found instanceof Found.Absent && step.action() == Action.DETACH) {
            work.absent(step.node());
            return true;
        }
        if (found instanceof Found.Location(LocationConfig config) && config.attached() && !step.mayDemote()) {
            work.known(step.node(), config);
            return true;
        }
        return false;
    }

    /** Sends a location until it is answered or may not be sent any more; reports what is known then. */
    private boolean send(ShardWork work, NodeId node, LocationConfig config, String query) throws InterruptedException {
        String failure = "the lease is about to end";
        for (int attempt = 0; attempt <= TRIES; attempt++) {
            try {
                Answer answer = put(work, node, config, query);
                if (answer.ok()) {
                    if (config.mode() == LocationMode.ATTACHED_SINGLE) {
                        catchUp.await(work.endpoint(node), work.shard(), work.frozenAt(), work.lease());
                    }
                    work.known(node, config);
                    return true;
                }
                failure = answer.message();
                if (!RETRYABLE.contains(answer.status())) {
                    work.fail(WorkError.Kind.REFUSED, "node " + node + ": " + failure);
                    work.unknown(node, 0);
                    return false;
                }
                Thread.sleep(PAUSE_MS * attempt);
            } catch (LeaseOver e) {
                break;
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
                unanswered(work, node);
                if (!leases.isReachable(node)) {
                    break;
                }
            }
        }
        work.failAt(node, failure);
        return false;
    }

    private Answer put(ShardWork work, NodeId node, LocationConfig config, String query)
            throws IOException, InterruptedException {
        return limits.call(node, () -> {
            work.requireLease(PUT_TIMEOUT);
            return pageservers.putLocation(work.endpoint(node), work.shard(), config, query, PUT_TIMEOUT);
        });
    }

    private static void unanswered(ShardWork work, NodeId node) {
        work.unknown(node, System.currentTimeMillis() + PUT_TIMEOUT.toMillis());
    }
}
