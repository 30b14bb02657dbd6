package dev.berth.workflows.history;

import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Where histories are kept: {@code <workflow>/<version>-<case>.json}. */
record HistoryFolder(Path root) {
    static final HistoryFolder RECORDED = new HistoryFolder(Path.of("src", "test", "resources", "histories"));

    List<Path> files() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file(RecordedCase recorded, String version) {
        return root.resolve(recorded.workflow()).resolve(version + "-" + recorded.caseName() + ".json");
    }

    /** Refuses to change what there is. */
    void add(RecordedCase recorded, String version, WorkflowExecutionHistory history) {
        Path file = file(recorded, version);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, history.toJson(true) + "\n", StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalStateException(file + " is recorded already: a changed workflow needs a new version", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
