package dev.berth.scheduler.projection;

import dev.berth.ledger.ProjectionBatch;

/** Port to where the state is projected to: the ledger. Calls block; they fail with {@link dev.berth.ledger.LedgerException}. */
public interface ReadModel {
    /** How far the projection has come. */
    Applied applied();

    /**
     * Applies a batch, the difference to what was applied before, in one transaction; unless something else was applied before: then
     * nothing changes and the answer is false.
     */
    boolean project(ProjectionBatch batch, Applied before);

    /**
     * @param position of the last command in it; -1 when there is none
     * @param eventsOffset where reading the events goes on; -1 at their beginning
     */
    record Applied(long position, long eventsOffset) {}
}
