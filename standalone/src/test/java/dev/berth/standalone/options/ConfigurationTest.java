package dev.berth.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.standalone.bench.BenchCommand;
import dev.berth.standalone.serve.ServeCommand;
import dev.berth.standalone.up.UpCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** docs/configuration.md is written from the flags; {@code -Dberth.docs.write=true} writes it anew. */
class ConfigurationTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

    @Test
    void documentSaysWhatTheFlagsSay() throws IOException {
        if (Boolean.getBoolean("berth.docs.write")) {
            Files.createDirectories(DOCUMENT.getParent());
            Files.writeString(DOCUMENT, document());
        }

        assertThat(DOCUMENT).hasContent(document());
    }

    @Test
    void everyFlagHasAVariableOfItsOwnAndAMeaning() {
        Set<String> variables = new HashSet<>();
        for (OptionSpec option : ConfigurationTable.configurable(services())) {
            assertThat(variables.add(Environment.variableOf(option)))
                    .as(option.longestName())
                    .isTrue();
            assertThat(option.description()).as(option.longestName()).hasSize(1);
        }
        assertThat(variables).contains("DATABASE_URL", "PAGESERVER_JWT_TOKEN", "BERTH_KAFKA");
    }

    @Test
    void noFlagIsBothServedAndRefused() {
        List<String> served = ConfigurationTable.configurable(services()).stream()
                .flatMap(option -> List.of(option.names()).stream())
                .toList();

        assertThat(RefusedFlags.names()).doesNotHaveDuplicates().doesNotContainAnyElementsOf(served);
    }

    private static CommandSpec services() {
        return CommandSpec.forAnnotatedObject(new ServeCommand());
    }

    private static String document() {
        return """
                # Configuration

                Written from the code by `ConfigurationTest` (`-Dberth.docs.write=true`); do not edit.

                A flag wins over its variable, a variable over the default. Durations are integers with units, such as `500ms`, `5s`
                or `1m 30s`; a number without a unit is refused. A wrong or unknown flag ends the process with one line and status 2.
                Flags of the original that are not supported yet are refused with the reason.

                ## serve, gateway, scheduler, workers

                All four take the same flags; each uses those that concern it. Logs go to standard output; `BERTH_LOG` sets their level.

                %s
                ## up

                `up` also passes its environment on, so that the variables above reach the services that it starts.

                %s
                ## bench

                %s""".formatted(
                        ConfigurationTable.markdown(services()),
                        ConfigurationTable.markdown(CommandSpec.forAnnotatedObject(new UpCommand())),
                        ConfigurationTable.markdown(CommandSpec.forAnnotatedObject(new BenchCommand())));
    }
}
