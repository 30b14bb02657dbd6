package dev.berth.standalone.options;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Flags of the original that are not served, each with the reason that its user reads. */
public final class RefusedFlags {
    private static final String LATER = "is not supported yet";

    private record Refused(String reason, List<String> names) {}

    private static final List<Refused> ALL = List.of(
            new Refused(
                    "is not supported: computes are told over HTTP; give --control-plane-url, or nothing to only log them",
                    List.of("--use-local-compute-notifications", "--neon-local-repo-dir")),
            new Refused(
                    LATER + ": requests are not authenticated in this version",
                    List.of("--public-key", "--peer-jwt-token", "--safekeeper-jwt-token")),
            new Refused(
                    LATER + ": this version speaks plain HTTP",
                    List.of(
                            "--listen-https",
                            "--use-https-pageserver-api",
                            "--use-https-safekeeper-api",
                            "--ssl-key-file",
                            "--ssl-cert-file",
                            "--ssl-cert-reload-period",
                            "--ssl-ca-file")),
            new Refused(
                    LATER + ": a split has bounds of its own for each of its calls",
                    List.of("--shard-split-request-timeout")),
            new Refused(
                    "is not needed: copies that the optimiser waits for are always asked to download",
                    List.of("--kick-secondary-downloads")),
            new Refused(LATER + ": there is no leadership between controllers", List.of("--start-as-candidate")),
            new Refused(
                    LATER + ": safekeepers are not managed in this version",
                    List.of(
                            "--safekeeper-reconciler-concurrency",
                            "--timelines-onto-safekeepers",
                            "--timeline-safekeeper-count")),
            new Refused(LATER, List.of("--handle-ps-local-disk-loss", "--chaos-interval", "--chaos-exit-crontab")));

    private RefusedFlags() {}

    /** Makes the command know them, hidden from its help; using one is an error that says why. */
    public static void addTo(CommandSpec command) {
        ALL.forEach(refused ->
                refused.names().forEach(name -> command.addOption(option(command, name, refused.reason()))));
    }

    private static OptionSpec option(CommandSpec command, String name, String reason) {
        return OptionSpec.builder(name)
                .hidden(true)
                .arity("0..1")
                .type(String.class)
                .setter(new CommandLine.Model.ISetter() {
                    @Override
                    public <T> T set(T value) {
                        if (value == null) {
                            return value; // the parser resets every option before it begins
                        }
                        throw new ParameterException(command.commandLine(), name + " " + reason);
                    }
                })
                .fallbackValue("given")
                .build();
    }

    static List<String> names() {
        List<String> names = new ArrayList<>();
        ALL.forEach(refused -> names.addAll(refused.names()));
        return List.copyOf(names);
    }
}
