package dev.berth.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.standalone.bench.Report.Goal;
import dev.berth.standalone.up.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final Report report =
            new Report(new Console(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)));

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        report.row("create", "p50 9 ms", new Goal("p50 15 ms", "p50 4 ms"));
        report.row("idle, all processes", "11 ms", Goal.NONE);

        assertThat(report.table()).isEqualTo("""
                row                   measured   must        dream
                create                p50 9 ms   p50 15 ms   p50 4 ms
                idle, all processes   11 ms
                """);
    }

    @Test
    void slownessIsNotWrong() {
        report.row("create", "p50 9 h", new Goal("p50 15 ms", "p50 4 ms"));
        report.failuresOf("create", new Sample(List.of(1L), Duration.ofHours(9), 0, List.of()));

        assertThat(report.wrongs()).isEmpty();
    }

    @Test
    void failedOperationsAreWrong() {
        report.failuresOf("create", new Sample(List.of(1L), Duration.ofSeconds(1), 2, List.of("500 a", "500 b")));

        assertThat(report.wrongs()).containsExactly("create: 2 of 3 operations, for instance 500 a; 500 b");
    }
}
