package dev.berth.scheduler.query;

import dev.berth.log.LogClients;
import dev.berth.schemas.wire.Topics;

/**
 * How a process reads its cell.
 *
 * @param source names the process towards the brokers
 * @param waitersMax how many callers may wait at a time, for whatever
 */
public record CellViewOptions(LogClients clients, Topics topics, String source, int waitersMax) {
    public static final int WAITERS_MAX = 50_000;

    public CellViewOptions {
        if (waitersMax < 1) {
            throw new IllegalArgumentException("waitersMax must be positive: " + waitersMax);
        }
    }

    public CellViewOptions(LogClients clients, Topics topics, String source) {
        this(clients, topics, source, WAITERS_MAX);
    }

    public CellViewOptions(String bootstrapServers, Topics topics, String source) {
        this(new LogClients(bootstrapServers), topics, source);
    }
}
