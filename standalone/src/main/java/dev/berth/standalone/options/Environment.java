package dev.berth.standalone.options;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The environment variable of each flag: {@code --max-offline-interval} reads {@code BERTH_MAX_OFFLINE_INTERVAL}, but those
 * that the original names otherwise keep that name. A flag on the command line wins.
 */
public record Environment(Map<String, String> variables) implements IDefaultValueProvider {
    private static final Map<String, String> NAMED_BY_THE_ORIGINAL = Map.of(
            "--database-url", "DATABASE_URL",
            "--jwt-token", "PAGESERVER_JWT_TOKEN",
            "--control-plane-jwt-token", "CONTROL_PLANE_JWT_TOKEN");

    public static String variableOf(OptionSpec option) {
        String flag = option.longestName();
        String derived = "BERTH_" + flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        return NAMED_BY_THE_ORIGINAL.getOrDefault(flag, derived);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        boolean configurable = argument instanceof OptionSpec option && !option.usageHelp() && !option.hidden();
        String value = configurable ? variables.get(variableOf((OptionSpec) argument)) : null;
        return value == null || value.isBlank() ? null : value;
    }
}
