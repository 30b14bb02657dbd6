package dev.berth.ledger;

/** A Postgres as it is: restored elsewhere it has another system identifier, after a fail-over or recovery another timeline. */
public record PostgresIdentity(long systemIdentifier, long timeline) {
    @Override
    public String toString() {
        return Long.toUnsignedString(systemIdentifier) + " timeline " + timeline;
    }
}
