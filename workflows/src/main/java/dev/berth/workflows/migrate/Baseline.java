package dev.berth.workflows.migrate;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.Lsn;
import dev.berth.schemas.id.TimelineId;
import java.util.List;

/**
 * What the origin had ingested when it was frozen: the destination has to reach it before computes are sent there.
 *
 * @param generation in which the origin is attached
 */
public record Baseline(Generation generation, List<Position> positions) {
    /** Of one timeline. */
    public record Position(TimelineId timeline, Lsn lastRecord) {}

    public Baseline {
        positions = List.copyOf(positions);
    }
}
