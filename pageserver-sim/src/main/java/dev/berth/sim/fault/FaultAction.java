package dev.berth.sim.fault;

import java.time.Duration;

/** What happens to a request that a rule has caught. */
public sealed interface FaultAction {
    /** Answers with a status and a text. */
    record Answer(int status, String msg) implements FaultAction {}

    /** Waits, then goes on. */
    record Delay(Duration duration) implements FaultAction {}

    /** Never answers while the rule is there; then the connection is dropped. */
    record Hang() implements FaultAction {}

    /** Drops the connection without an answer. */
    record Drop() implements FaultAction {}

    /** Closes the port, as a killed process does, and opens it again after the time; the node itself lives on. */
    record CloseListener(Duration duration) implements FaultAction {}
}
