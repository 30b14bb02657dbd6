package dev.berth.standalone.serve;

import picocli.CommandLine.Command;

/** {@code berth scheduler}. */
@Command(name = "scheduler", description = "Runs the single writer of the cell.")
public final class SchedulerCommand extends ServiceCommand {
    public SchedulerCommand() {
        super(Role.SCHEDULER);
    }
}
