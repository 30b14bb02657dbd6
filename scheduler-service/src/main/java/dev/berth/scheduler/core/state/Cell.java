package dev.berth.scheduler.core.state;

/**
 * The cell itself.
 *
 * @param incarnation 0 before the log has begun
 * @param nowMs state time: the largest timestamp of a command so far
 * @param position of the last command applied; -1 before the first
 * @param proberEpoch newest prober heard of
 * @param openSweeps walks over many shards that have slices to go
 * @param optimiser how the optimiser works and how far it has come
 */
public record Cell(
        String name,
        long incarnation,
        long nowMs,
        long position,
        long proberEpoch,
        int openSweeps,
        OptimiserState optimiser) {
    public static final Cell NONE = new Cell("", 0, 0, -1, 0, 0, OptimiserState.NONE);

    /** Older forms do not know an optimiser. */
    public Cell {
        optimiser = optimiser == null ? OptimiserState.NONE : optimiser;
    }

    public Cell at(long newPosition, long newNowMs) {
        return new Cell(name, incarnation, newNowMs, newPosition, proberEpoch, openSweeps, optimiser);
    }

    public Cell withProberEpoch(long epoch) {
        return new Cell(name, incarnation, nowMs, position, epoch, openSweeps, optimiser);
    }

    public Cell withOpenSweeps(int sweeps) {
        return new Cell(name, incarnation, nowMs, position, proberEpoch, sweeps, optimiser);
    }

    public Cell withOptimiser(OptimiserState newOptimiser) {
        return new Cell(name, incarnation, nowMs, position, proberEpoch, openSweeps, newOptimiser);
    }
}
