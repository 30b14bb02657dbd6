package dev.berth.schemas.command;

import dev.berth.schemas.model.WorkRef;
import java.util.List;

/** A worker is still at these pieces of work. */
public record RenewLeases(String worker, List<WorkRef> work) implements ShardCommand {}
