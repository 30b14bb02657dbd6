package dev.berth.ledger;

/**
 * The ledger's cell.
 *
 * @param appliedPosition up to which command the log is projected; -1 when nothing is. The log must not end before it
 * @param eventsOffset up to where the events topic was read for that; -1 when nothing was
 */
public record CellRow(
        CellIdentity identity, long appliedPosition, long eventsOffset, long proberEpoch, PostgresIdentity lastSeen) {}
