package dev.berth.standalone.serve;

import picocli.CommandLine.Command;

/** {@code berth workers}. */
@Command(
        name = "workers",
        description = "Runs one worker process: reconciles, heartbeats, notifications and workflows.")
public final class WorkersCommand extends ServiceCommand {
    public WorkersCommand() {
        super(Role.WORKERS);
    }
}
