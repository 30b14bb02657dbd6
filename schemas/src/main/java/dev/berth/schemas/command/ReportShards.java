package dev.berth.schemas.command;

import dev.berth.schemas.task.ShardReport;
import java.util.List;

/** What became of pieces of work. */
public record ReportShards(String worker, List<ShardReport> reports) implements ShardCommand {}
