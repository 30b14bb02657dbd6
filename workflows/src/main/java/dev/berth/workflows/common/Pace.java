package dev.berth.workflows.common;

import java.util.OptionalLong;

/** How long what is counted will still take, if it goes on as it has since counting began. */
final class Pace {
    private long from = -1;
    private long sinceMs;

    /** So much is done; less than at first begins the count anew. Times are any clock's, in ms. */
    void reached(long done, long nowMs) {
        if (from < 0 || done < from) {
            from = done;
            sinceMs = nowMs;
        }
    }

    /** Empty while nothing has been done. */
    OptionalLong leftMs(long done, long total, long nowMs) {
        long gained = done - from;
        return from < 0 || gained <= 0
                ? OptionalLong.empty()
                : OptionalLong.of((nowMs - sinceMs) * Math.max(0, total - done) / gained);
    }
}
