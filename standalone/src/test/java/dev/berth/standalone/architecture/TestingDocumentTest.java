package dev.berth.standalone.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The document that says which test shows which rule names tests that are there. */
class TestingDocumentTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT))(?:#(\\w+))?`");

    @Test
    void namesTestsThatAreThere() throws IOException {
        Map<String, Path> tests = tests();
        Matcher named = NAMED.matcher(Files.readString(ROOT.resolve("docs/testing.md")));

        List<String> missing = named.results()
                .filter(found -> !isThere(tests.get(found.group(1)), Optional.ofNullable(found.group(2))))
                .map(found -> found.group())
                .toList();

        assertThat(missing).isEmpty();
        assertThat(named.reset().results().count()).isGreaterThan(50);
    }

    private static Map<String, Path> tests() throws IOException {
        try (Stream<Path> files =
                Files.find(ROOT, 15, (path, about) -> path.toString().matches(".*/src/test/java/.*(Test|IT)\\.java"))) {
            return files.collect(Collectors.toMap(
                    path -> path.getFileName().toString().replace(".java", ""), path -> path, (a, b) -> a));
        }
    }

    private static boolean isThere(Path test, Optional<String> method) {
        if (test == null) {
            return false;
        }
        try {
            String source = Files.readString(test);
            return method.map(name -> source.contains("void " + name + "(")).orElse(true);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
