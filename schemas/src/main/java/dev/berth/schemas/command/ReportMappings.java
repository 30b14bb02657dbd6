package dev.berth.schemas.command;

import dev.berth.schemas.task.MappingReport;
import java.util.List;

/** What became of telling computes. */
public record ReportMappings(List<MappingReport> reports) implements ShardCommand {}
