package dev.berth.standalone.options;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The flags of a command as rows of a Markdown table. */
public final class ConfigurationTable {
    private ConfigurationTable() {}

    /** In the order of declaration; what only prints help is left out. */
    public static List<OptionSpec> configurable(CommandSpec command) {
        return command.options().stream()
                .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
                .sorted(Comparator.comparingInt(OptionSpec::order))
                .toList();
    }

    public static String markdown(CommandSpec command) {
        return configurable(command).stream()
                .map(ConfigurationTable::row)
                .collect(
                        Collectors.joining("\n", "| flag | variable | default | meaning |\n|---|---|---|---|\n", "\n"));
    }

    private static String row(OptionSpec option) {
        String names = option.names().length == 1 ? option.longestName() : String.join(", ", List.of(option.names()));
        String value = option.typeInfo().isBoolean() && option.arity().max() == 0 ? "" : " " + option.paramLabel();
        return "| `" + (names + value).replace("|", "\\|") + "` | `" + Environment.variableOf(option) + "` | "
                + defaultOf(option) + " | " + String.join(" ", option.description()) + " |";
    }

    private static String defaultOf(OptionSpec option) {
        if (option.defaultValue() != null) {
            return "`" + option.defaultValue() + "`";
        }
        if (option.required()) {
            return "must be given";
        }
        return option.typeInfo().isBoolean() ? "off" : "none";
    }
}
