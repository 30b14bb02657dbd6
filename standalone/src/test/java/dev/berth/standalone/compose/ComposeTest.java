package dev.berth.standalone.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.berth.standalone.Berth;
import dev.berth.standalone.options.Environment;
import dev.berth.standalone.parts.BrokerSettings;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine;

class ComposeTest {
    private static final Path FILE = Path.of("..", "docker-compose.yml");
    private static final Set<String> OURS = Set.of("scheduler", "workers", "gateway");
    private static final Set<String> NOT_FLAGS = Set.of("JDK_JAVA_OPTIONS", "BERTH_LOG");

    private static Map<String, Map<String, Object>> services = Map.of();
    private static Map<String, Object> file = Map.of();

    @BeforeAll
    @SuppressWarnings("unchecked")
    static void read() throws IOException {
        try (Reader reader = Files.newBufferedReader(FILE)) {
            file = new Yaml().load(reader);
        }
        services = (Map<String, Map<String, Object>>) file.get("services");
    }

    @Test
    void everythingOfAnInstallationIsThere() {
        assertThat(services.keySet())
                .containsExactly(
                        "kafka",
                        "postgres",
                        "temporal",
                        "temporal-ui",
                        "scheduler",
                        "workers",
                        "gateway",
                        "pageserver-1",
                        "pageserver-2",
                        "pageserver-3");
    }

    @Test
    void imagesAreTheOfficialOnesInAFixedVersion() {
        assertThat(services.get("kafka")).containsEntry("image", "apache/kafka:4.3.1");
        assertThat(services.get("postgres")).containsEntry("image", "postgres:18");
        services.forEach((name, service) -> assertThat(service.get("image"))
                .as(name)
                .asString()
                .matches("[a-z/-]+:[0-9a-z.]+")
                .doesNotEndWith(":latest"));
    }

    @Test
    void whatOthersWaitForIsHealthyAndNotOnlyStarted() {
        services.forEach((name, service) -> dependencies(service).forEach((target, dependency) -> {
            assertThat(services).as(name).containsKey(target);
            assertThat(services.get(target)).as(target + ", awaited by " + name).containsKey("healthcheck");
            assertThat(dependency).as(name).isEqualTo(Map.of("condition", "service_healthy"));
        }));
        assertThat(dependencies(services.get("gateway"))).containsOnlyKeys("kafka", "postgres", "temporal");
        assertThat(dependencies(services.get("temporal"))).containsOnlyKeys("postgres");
        assertThat(dependencies(services.get("pageserver-1"))).containsOnlyKeys("gateway");
    }

    @Test
    void noServiceWaitsForItself() {
        services.keySet().forEach(name -> assertThat(awaitedBy(name)).doesNotContain(name));
    }

    @Test
    void variablesOfOurServicesAreThoseOfTheFlags() {
        for (String name : OURS) {
            Set<String> known = commandLine(name).getCommandSpec().options().stream()
                    .filter(option -> !option.hidden())
                    .map(Environment::variableOf)
                    .collect(Collectors.toCollection(HashSet::new));
            known.addAll(NOT_FLAGS);
            assertThat(known)
                    .as(name)
                    .containsAll(environment(services.get(name)).keySet());
        }
    }

    @Test
    void ourServicesFindTheOthersByTheirNamesAndPorts() {
        Map<String, String> environment = environment(services.get("gateway"));

        assertThat(environment)
                .containsEntry("BERTH_KAFKA", "kafka:9092")
                .containsEntry("BERTH_TEMPORAL", "temporal:7233");
        assertThat(environment(services.get("kafka")))
                .containsEntry("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://" + environment.get("BERTH_KAFKA"));
        URI database = URI.create(environment.getOrDefault("DATABASE_URL", ""));
        Map<String, String> postgres = environment(services.get("postgres"));
        assertThat(database.getHost()).isEqualTo("postgres");
        assertThat(database.getUserInfo()).isEqualTo("postgres:" + postgres.get("POSTGRES_PASSWORD"));
        assertThat(database.getPath()).isEqualTo("/" + postgres.get("POSTGRES_DB"));
        assertThat(environment(services.get("temporal")))
                .containsEntry("POSTGRES_PWD", postgres.get("POSTGRES_PASSWORD"));
        for (String name : OURS) {
            assertThat(environment(services.get(name))).containsAllEntriesOf(withoutMemory(environment));
        }
    }

    @Test
    void commandsNameMainClassesAndCommandsThatExist() {
        services.forEach((name, service) -> {
            if ("berth:local".equals(service.get("image"))) {
                List<?> command = (List<?>) service.get("command");
                assertThatCode(() -> Class.forName(String.valueOf(command.getFirst())))
                        .as(name)
                        .doesNotThrowAnyException();
            }
        });
        for (String name : OURS) {
            assertThat((List<?>) services.get(name).get("command"))
                    .as(name)
                    .isEqualTo(List.of(Berth.class.getName(), name));
            assertThat(Berth.commandLine(Map.of()).getSubcommands()).containsKey(name);
        }
    }

    @Test
    void theBrokerIsSetAsTheEmbeddedOneIs() {
        Map<String, String> environment = environment(services.get("kafka"));

        BrokerSettings.OF_ONE_NODE.forEach((setting, value) -> assertThat(environment)
                .containsEntry("KAFKA_" + setting.toUpperCase(Locale.ROOT).replace('.', '_'), value));
    }

    @Test
    void publishedPortsAreDifferentAndNamedVolumesAreDeclared() {
        List<String> published = new ArrayList<>();
        Map<?, ?> volumes = (Map<?, ?>) file.get("volumes");
        services.forEach((name, service) -> {
            ((List<?>) service.getOrDefault("ports", List.of()))
                    .forEach(port -> published.add(port.toString().replaceAll(":.*", "")));
            ((List<?>) service.getOrDefault("volumes", List.of()))
                    .forEach(volume -> assertThat(
                                    volumes.containsKey(volume.toString().replaceAll(":.*", "")))
                            .as(name)
                            .isTrue());
        });

        assertThat(published).doesNotHaveDuplicates().contains("1234", "8233");
    }

    private static CommandLine commandLine(String name) {
        return Berth.commandLine(Map.of()).getSubcommands().get(name);
    }

    private static Map<String, String> withoutMemory(Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(entry -> !NOT_FLAGS.contains(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Set<String> awaitedBy(String name) {
        Set<String> all = new HashSet<>();
        List<String> open = new ArrayList<>(dependencies(services.get(name)).keySet());
        while (!open.isEmpty()) {
            String next = open.removeLast();
            if (all.add(next)) {
                open.addAll(dependencies(services.get(next)).keySet());
            }
        }
        return all;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> dependencies(Map<String, Object> service) {
        return (Map<String, Object>) service.getOrDefault("depends_on", Map.of());
    }

    private static Map<String, String> environment(Map<String, Object> service) {
        Map<?, ?> declared = (Map<?, ?>) service.getOrDefault("environment", Map.of());
        return declared.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().toString(),
                        entry -> entry.getValue().toString()));
    }
}
