package dev.berth.schemas.command;

/** Commands about the cell as a whole. */
public sealed interface CellCommand extends Command
        permits ConfigureOptimiser,
                CreateCell,
                Tick,
                Continue,
                PlanOperation,
                ReportShardSizes,
                RequestQuiescence,
                SetHomeZones {}
