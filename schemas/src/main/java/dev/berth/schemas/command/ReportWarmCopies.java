package dev.berth.schemas.command;

import dev.berth.schemas.model.WarmCopy;
import java.util.List;

/** Copies that moves of the optimiser waited for. */
public record ReportWarmCopies(List<WarmCopy> copies) implements ShardCommand {
    public ReportWarmCopies {
        copies = List.copyOf(copies);
    }
}
