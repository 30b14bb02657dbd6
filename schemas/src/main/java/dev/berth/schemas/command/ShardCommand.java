package dev.berth.schemas.command;

/** What workers report about shards. */
public sealed interface ShardCommand extends Command
        permits RenewLeases, ReportMappings, ReportShards, ReportWarmCopies {}
