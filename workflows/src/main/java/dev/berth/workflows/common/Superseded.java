package dev.berth.workflows.common;

/** The state machine has gone on without this run or under another sequence; the run reads the state again (P19). */
public final class Superseded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Superseded(String why) {
        super(why);
    }
}
