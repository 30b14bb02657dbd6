package dev.berth.standalone;

import dev.berth.standalone.bench.BenchCommand;
import dev.berth.standalone.bench.RehearseCommand;
import dev.berth.standalone.demo.DemoCommand;
import dev.berth.standalone.options.Environment;
import dev.berth.standalone.options.RefusedFlags;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.serve.GatewayCommand;
import dev.berth.standalone.serve.SchedulerCommand;
import dev.berth.standalone.serve.ServeCommand;
import dev.berth.standalone.serve.WorkersCommand;
import dev.berth.standalone.up.UpCommand;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The {@code berth} program. Status 0: done; 1: failed, with one line that says why; 2: called wrongly. */
@Command(
        name = "berth",
        description = "A storage controller for pageservers.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchCommand.class,
            RehearseCommand.class,
            DemoCommand.class,
            UpCommand.class,
            ServeCommand.class,
            GatewayCommand.class,
            SchedulerCommand.class,
            WorkersCommand.class
        })
public final class Berth {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final Set<String> SERVICES = Set.of("serve", "gateway", "scheduler", "workers");
    private static final int WIDTH = 110;

    private Berth() {}

    public static void main(String[] args) {
        System.exit(commandLine(System.getenv()).execute(args));
    }

    /** With the flags' defaults taken from the given environment. */
    public static CommandLine commandLine(Map<String, String> environment) {
        CommandLine line = new CommandLine(new Berth());
        line.getCommandSpec().addOption(help());
        line.getSubcommands().values().forEach(command -> complete(command.getCommandSpec()));
        line.setDefaultValueProvider(new Environment(environment));
        line.setUsageHelpWidth(WIDTH);
        line.setUsageHelpAutoWidth(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((failure, args) -> wrongCall(failure));
        line.setExecutionExceptionHandler((failure, command, result) -> failed(failure, command));
        return line;
    }

    private static void complete(CommandSpec command) {
        command.usageMessage().sortOptions(false);
        for (OptionSpec option : List.copyOf(command.options())) {
            command.remove(option);
            command.addOption(withVariable(option));
        }
        command.addOption(help());
        if (SERVICES.contains(command.name())) {
            RefusedFlags.addTo(command);
        }
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Print this.")
                .build();
    }

    private static OptionSpec withVariable(OptionSpec option) {
        String standard = option.defaultValue() == null ? "" : ", default " + option.defaultValue();
        String suffix = " [" + Environment.variableOf(option) + standard + "]";
        return option.toBuilder()
                .description(String.join(" ", option.description()) + suffix)
                .build();
    }

    private static int wrongCall(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr()
                .println(name + ": " + firstLine(String.valueOf(failure.getMessage())) + " (see " + name + " --help)");
        return USAGE;
    }

    private static int failed(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof ParameterException wrong) {
            return wrongCall(wrong);
        }
        if (failure instanceof PartFailure told) {
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + told.getMessage());
            return FAILED;
        }
        throw failure;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("wrong arguments");
    }
}
