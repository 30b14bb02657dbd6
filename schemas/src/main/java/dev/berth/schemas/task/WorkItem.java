package dev.berth.schemas.task;

/** One record of the work topics. */
public sealed interface WorkItem permits NodeListingTask, StrayLocationsTask, WorkBatch {}
