package dev.berth.sim.remote;

/** What the safekeepers of a timeline hold, as a function of time: the log grows at a fixed rate from its start. */
public record WalHead(long startLsn, long startedMillis, long bytesPerSecond) {
    public long at(long nowMillis) {
        long elapsed = Math.max(0, nowMillis - startedMillis);
        return startLsn + (elapsed * bytesPerSecond / 1000 & ~7L);
    }
}
