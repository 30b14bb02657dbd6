package dev.berth.schemas.task;

/** Why work did not end well; the text is shown as the shard's last error. */
public record WorkError(Kind kind, String text) {
    /** What the state machine does about it. */
    public enum Kind {
        /** A newer sequence owns the shard; nothing is retried under this one. */
        SUPERSEDED,
        /** The ledger has a tombstone for this incarnation. */
        TENANT_GONE,
        /** The same sequence was met again after a bump; a new sequence is needed. */
        REPEATED,
        /** Transport trouble, time-outs, 5xx, ledger trouble: try again with growing pauses. */
        RETRYABLE,
        /** The pageserver refused for good (4xx): look again later. */
        REFUSED
    }
}
