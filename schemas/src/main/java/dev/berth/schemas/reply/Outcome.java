package dev.berth.schemas.reply;

/** What a command came to. */
public sealed interface Outcome {
    /** It was applied, or was already true. */
    record Accepted(Reply reply) implements Outcome {}

    /** It changed nothing. */
    record Rejected(Rejection rejection) implements Outcome {}
}
