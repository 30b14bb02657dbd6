package dev.berth.workflows.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dhistories.version=0.2.0} records the histories of that version which are not there yet. */
class HistoryRecorderTest {
    private static final String VERSION = "histories.version";

    @ParameterizedTest
    @EnumSource
    @EnabledIfSystemProperty(named = VERSION, matches = ".+")
    void records(RecordedCase recorded) {
        String version = System.getProperty(VERSION);
        Path file = HistoryFolder.RECORDED.file(recorded, version);
        assumeFalse(Files.exists(file), "recorded already");

        HistoryFolder.RECORDED.add(recorded, version, recorded.run());

        assertThat(file).isNotEmptyFile();
    }

    @Test
    void refusesToChangeWhatIsRecorded(@TempDir Path root) throws Exception {
        HistoryFolder folder = new HistoryFolder(root);
        var history = RecordedCase.DELETE_AT_ONCE.run();
        folder.add(RecordedCase.DELETE_AT_ONCE, "1", history);
        String before = Files.readString(folder.file(RecordedCase.DELETE_AT_ONCE, "1"));

        assertThatThrownBy(() -> folder.add(RecordedCase.DELETE_AT_ONCE, "1", history))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("recorded already");

        assertThat(folder.files()).hasSize(1);
        assertThat(folder.file(RecordedCase.DELETE_AT_ONCE, "1")).hasContent(before);
    }
}
