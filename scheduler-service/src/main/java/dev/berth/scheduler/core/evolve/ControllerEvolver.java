package dev.berth.scheduler.core.evolve;

import dev.berth.scheduler.core.state.Cell;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.schemas.event.AutomaticSplitEvent;
import dev.berth.schemas.event.CellCreated;
import dev.berth.schemas.event.CellEvent;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.NodeEvent;
import dev.berth.schemas.event.OperationEvent;
import dev.berth.schemas.event.OptimiserConfigured;
import dev.berth.schemas.event.OptimiserPassed;
import dev.berth.schemas.event.ProberEpochSeen;
import dev.berth.schemas.event.ShardEvent;
import dev.berth.schemas.event.SweepBegun;
import dev.berth.schemas.event.SweepEnded;
import dev.berth.schemas.event.TenantEvent;

/** Folds one event into the state. The only way state changes. */
public final class ControllerEvolver {
    private ControllerEvolver() {}

    /** @throws dev.berth.scheduler.core.state.InvariantViolation when the event cannot follow the state */
    public static void evolve(ControllerState state, Event event) {
        switch (event) {
            case TenantEvent tenant -> TenantEvolver.evolve(state, tenant);
            case ShardEvent shard -> ShardEvolver.evolve(state, shard);
            case NodeEvent node -> NodeEvolver.evolve(state, node);
            case OperationEvent operation -> OperationEvolver.evolve(state, operation);
            case AutomaticSplitEvent split -> state.put(AutomaticSplitEvolver.evolve(state.automaticSplits(), split));
            case CellEvent cell -> state.put(evolve(state.cell(), cell));
        }
    }

    private static Cell evolve(Cell cell, CellEvent event) {
        return switch (event) {
            case CellCreated created ->
                new Cell(
                        created.cell(),
                        created.incarnation(),
                        cell.nowMs(),
                        cell.position(),
                        cell.proberEpoch(),
                        cell.openSweeps(),
                        cell.optimiser());
            case OptimiserConfigured configured ->
                cell.withOptimiser(cell.optimiser().withSettings(configured.settings()));
            case OptimiserPassed passed -> cell.withOptimiser(cell.optimiser().passed(passed));
            case ProberEpochSeen seen -> cell.withProberEpoch(seen.epoch());
            case SweepBegun begun -> cell.withOpenSweeps(cell.openSweeps() + 1);
            case SweepEnded ended -> cell.withOpenSweeps(cell.openSweeps() - 1);
        };
    }
}
