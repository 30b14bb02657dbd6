package dev.berth.workers.optimiser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.pageserver.SecondaryProgress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a copy is warm (behaviour 10.2). */
class CopyWatcherTest {
    private static final long GIB = 1L << 30;

    @ParameterizedTest
    @CsvSource({
        "false, 0, 0, 0, 0, false",
        "true, 0, 0, 0, 0, true",
        "true, 3, 4, 3, 4, false",
        "true, 4, 4, 4, 4, true",
        "true, 1, 9, 8, 9, false",
        "true, 1, 9, 9, 20, false",
        "true, 1, 9, 10, 20, true",
        "true, 1, 9, 89, 100, false",
        "true, 1, 9, 90, 100, true"
    })
    void smallShardHasAllAndALargeOneAllButTenGibibytes(
            boolean hasHeatmap, long layers, long layersTotal, long gib, long gibTotal, boolean warm) {
        SecondaryProgress progress = new SecondaryProgress(
                hasHeatmap ? "2026-01-02T03:04:05Z" : null, layers, layersTotal, gib * GIB, gibTotal * GIB);

        assertThat(CopyWatcher.isWarm(progress)).isEqualTo(warm);
    }
}
