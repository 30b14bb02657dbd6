package dev.berth.standalone.serve;

import picocli.CommandLine.Command;

/** {@code berth gateway}. */
@Command(name = "gateway", description = "Runs one gateway, the HTTP API.")
public final class GatewayCommand extends ServiceCommand {
    public GatewayCommand() {
        super(Role.GATEWAY);
    }
}
