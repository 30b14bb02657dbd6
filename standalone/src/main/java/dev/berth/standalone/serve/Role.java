package dev.berth.standalone.serve;

/** Which services a process runs. */
public enum Role {
    /** All of them in one process. */
    ALL,
    GATEWAY,
    SCHEDULER,
    WORKERS
}
