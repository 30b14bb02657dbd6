package dev.berth.standalone.serve;

import dev.berth.standalone.Shutdown;
import dev.berth.standalone.options.ServiceFlags;
import dev.berth.standalone.options.ServiceOptions;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.Mixin;

/** Runs services until told to stop. Prints {@code ready ADDRESS} once they serve; the supervisor waits for that line. */
abstract sealed class ServiceCommand implements Callable<Integer>
        permits ServeCommand, GatewayCommand, SchedulerCommand, WorkersCommand {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceCommand.class);

    private final Role role;

    @Mixin
    private final ServiceFlags flags = new ServiceFlags();

    ServiceCommand(Role role) {
        this.role = role;
    }

    @Override
    public Integer call() throws Exception {
        long begun = System.nanoTime();
        ServiceOptions options = flags.options();
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Shutdown shutdown = Shutdown.onSignals();
        try (Services services = Services.start(role, options)) {
            LOG.atInfo()
                    .addKeyValue("cell", options.cell())
                    .addKeyValue("ms", (System.nanoTime() - begun) / 1_000_000)
                    .log("Ready");
            System.out.println("ready " + services.address());
            shutdown.await();
        }
        return 0;
    }
}
