package dev.berth.workers.shard;

import dev.berth.schemas.id.NodeId;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** At most so many calls to one node at a time (P20). */
public final class NodeLimits {
    private final int perNode;
    private final Map<NodeId, Semaphore> permits = new ConcurrentHashMap<>();

    public NodeLimits(int perNode) {
        this.perNode = perNode;
    }

    /** A call that may fail for want of an answer. */
    @FunctionalInterface
    public interface Call<T> {
        T run() throws IOException, InterruptedException;
    }

    public <T> T call(NodeId node, Call<T> call) throws IOException, InterruptedException {
        Semaphore permit = permits.computeIfAbsent(node, id -> new Semaphore(perNode));
        permit.acquire();
        try {
            return call.run();
        } finally {
            permit.release();
        }
    }
}
