package dev.berth.workers.shard;

import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.MalformedJson;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.id.TimelineId;
import dev.berth.schemas.pageserver.TimelineInfo;
import dev.berth.schemas.pageserver.UnreadableBody;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workers.pageserver.Pageservers;
import dev.berth.workers.pageserver.Pageservers.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the successor of a frozen origin has taken in what the origin had, as a live migration does (behaviour 4.5), so that computes
 * are not sent to a pageserver that makes them wait. Bounded and for courtesy only: meanwhile the origin serves reads, and a successor that
 * does not get there in time is used all the same.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    /** Well within the time for which a lease is renewed. */
    static final Duration BOUND = Duration.ofSeconds(5);

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final long PAUSE_MS = 50;
    private static final long PAUSE_MS_MAX = 500;

    private final Pageservers pageservers;

    CatchUp(Pageservers pageservers) {
        this.pageservers = pageservers;
    }

    /** How far each timeline is; none of those that cannot be learnt now. */
    Map<TimelineId, Lsn> positions(Endpoint node, TenantShardId shard) throws InterruptedException {
        Map<TimelineId, Lsn> positions = new HashMap<>();
        try {
            Answer answer = pageservers.call(node, "GET", "/v1/tenant/" + shard + "/timeline", null, TIMEOUT);
            if (answer.ok()) {
                for (TimelineInfo timeline : TimelineInfo.parseList(Json.parse(answer.body()))) {
                    timeline.lastRecordLsn().ifPresent(lsn -> positions.put(timeline.timelineId(), lsn));
                }
            }
        } catch (IOException | MalformedJson | UnreadableBody e) {
            LOG.debug("positions are not known node={} shard={}", node.node(), shard, e);
        }
        return positions;
    }

    /** Returns when the node has all of it, the bound has passed or nothing may be sent any more (P2). */
    void await(Endpoint node, TenantShardId shard, Map<TimelineId, Lsn> needed, Leases.Lease lease)
            throws InterruptedException {
        long endNanos = System.nanoTime() + BOUND.toNanos();
        long pauseMs = PAUSE_MS;
        while (!needed.isEmpty()
                && System.nanoTime() < endNanos
                && lease.maySend(TIMEOUT)
                && !has(node, shard, needed)) {
            Thread.sleep(pauseMs);
            pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs);
        }
    }

    private boolean has(Endpoint node, TenantShardId shard, Map<TimelineId, Lsn> needed) throws InterruptedException {
        Map<TimelineId, Lsn> reached = positions(node, shard);
        // A timeline that was deleted meanwhile is waited for until the bound: it cannot be told from one that is still
        // loading.
        return needed.entrySet().stream().allMatch(entry -> {
            Lsn now = reached.get(entry.getKey());
            return now != null && now.compareTo(entry.getValue()) >= 0;
        });
    }
}
