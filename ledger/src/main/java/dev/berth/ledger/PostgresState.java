package dev.berth.ledger;

/** Whether Postgres is the one last seen (P10). */
public sealed interface PostgresState {
    record Same(PostgresIdentity identity) implements PostgresState {}

    /** Commits may be lost: nothing is issued until all generations are raised above what the log knows. */
    record RestoredPostgres(PostgresIdentity lastSeen, PostgresIdentity now) implements PostgresState {}
}
