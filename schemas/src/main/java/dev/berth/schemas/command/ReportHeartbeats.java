package dev.berth.schemas.command;

import java.util.List;

/** One round of the prober, of those nodes that have news. Reports of an older epoch are ignored (P18). */
public record ReportHeartbeats(long proberEpoch, List<Heartbeat> heartbeats) implements NodeCommand {}
