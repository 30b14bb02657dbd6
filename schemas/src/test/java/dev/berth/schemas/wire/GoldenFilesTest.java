package dev.berth.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenFilesTest {
    private static final String NAME = "command/Tick.json";
    private static final byte[] SAMPLE = "{\"type\":\"Tick\"}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path root;

    @Test
    void writesOnlyWhenAskedTo() {
        GoldenFiles files = new GoldenFiles(root, false);
        assertThat(files.writeMissing(NAME, SAMPLE)).isFalse();
        assertThatThrownBy(() -> files.read(NAME))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("no golden sample command/Tick.json", "-Dgolden.write=true");
    }

    @Test
    void writesWhatIsMissingAndNeverChangesWhatIsThere() {
        GoldenFiles files = new GoldenFiles(root, true);
        assertThat(files.writeMissing(NAME, SAMPLE)).isTrue();
        assertThat(files.writeMissing(NAME, "{}".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(files.names()).containsExactly(NAME);
        assertThat(new String(files.read(NAME), StandardCharsets.UTF_8)).contains("Tick");
    }

    @Test
    void isNotWrittenOnABuildServer() {
        assertThat(GoldenFiles.mayWrite(true, null)).isTrue();
        assertThat(GoldenFiles.mayWrite(true, "false")).isTrue();
        assertThat(GoldenFiles.mayWrite(false, "true")).isFalse();
        assertThatThrownBy(() -> GoldenFiles.mayWrite(true, "true")).hasMessageContaining("build server");
    }
}
