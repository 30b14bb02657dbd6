package dev.berth.standalone.serve;

import picocli.CommandLine.Command;

/** {@code berth serve}. */
@Command(name = "serve", description = "Runs gateway, scheduler and workers in one process.")
public final class ServeCommand extends ServiceCommand {
    public ServeCommand() {
        super(Role.ALL);
    }
}
