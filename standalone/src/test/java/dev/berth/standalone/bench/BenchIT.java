package dev.berth.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.berth.standalone.Berth;
import dev.berth.standalone.cluster.JavaProcess;
import dev.berth.standalone.parts.TemporalBinary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench as a person starts it, with sizes that measure nothing. */
class BenchIT {
    private static final Duration BOUND = Duration.ofMinutes(4);
    private static final List<String> TINY =
            List.of("bench", "--shards", "16", "--nodes", "3", "--operations", "4", "--seconds", "1", "--rows");

    @TempDir
    Path folder;

    @Test
    void measuresWithoutAWrongAnswerAndLeavesNothingBehind() throws Exception {
        assumeTrue(TemporalBinary.find().isPresent(), "skipped: no program of a Temporal server on this machine");
        String rows = "create,timeline,migrate,noop,read,validate,waiting,reattach,failover,restart,rebalance";
        Path temporary = Files.createDirectory(folder.resolve("tmp"));

        String output = bench(rows, temporary);

        assertThat(output)
                .contains("create Attached(1), 128 callers", "live migration, 16 callers", "0 failed")
                .doesNotContain("WRONG");
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(file -> file.getFileName().toString().startsWith("berth-bench")))
                    .isEmpty();
        }
    }

    private String bench(String rows, Path temporary) {
        List<String> arguments = Stream.concat(TINY.stream(), Stream.of(rows)).toList();
        try (JavaProcess bench = JavaProcess.start(
                folder, Berth.class, arguments, Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary))) {
            int status = bench.awaitExit(BOUND);
            assertThat(status).as(bench.output()).isZero();
            return bench.output();
        }
    }
}
