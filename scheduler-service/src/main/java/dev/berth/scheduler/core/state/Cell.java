package dev.berth.scheduler.core.state;

/**
 * The cell itself.
 *
 * @param incarnation 0 before the log has begun
 * @param nowMs state time: the largest timestamp of a command so far
 * @param position of the last command applied; -1 before the first
 * @param proberEpoch newest prober heard of
 * @param openSweeps walks over many shards that have slices to go
 */
public record Cell(String name, long incarnation, long nowMs, long position, long proberEpoch, int openSweeps) {
    public static final Cell NONE = new Cell("", 0, 0, -1, 0, 0);

    public Cell at(long newPosition, long newNowMs) {
        return new Cell(name, incarnation, newNowMs, newPosition, proberEpoch, openSweeps);
    }

    public Cell withProberEpoch(long epoch) {
        return new Cell(name, incarnation, nowMs, position, epoch, openSweeps);
    }

    public Cell withOpenSweeps(int sweeps) {
        return new Cell(name, incarnation, nowMs, position, proberEpoch, sweeps);
    }
}
