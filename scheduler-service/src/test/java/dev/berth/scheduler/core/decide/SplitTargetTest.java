package dev.berth.scheduler.core.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes in GB. */
class SplitTargetTest {
    private static final long GB = 1L << 30;

    private static AutomaticSplitSettings settings(
            @Nullable Integer threshold, int most, @Nullable Integer initial, int initialShards) {
        return new AutomaticSplitSettings(
                Mode.ON,
                threshold == null ? null : threshold * GB,
                most,
                initial == null ? null : initial * GB,
                initialShards,
                4);
    }

    @ParameterizedTest(name = "{0} shards of {1} GB are to be {2}")
    @CsvSource({
        "2, 500, 8", "2, 128, 0", "2, 129, 4", "3, 192, 0", "3, 193, 4", "3, 320, 8",
        "1, 64, 0", "1, 65, 2", "1, 129, 4", "1, 4000, 16", "16, 4000, 0", "4, 4000, 16"
    })
    void behaviour84TheNextPowerOfTwoOfWhatTheSizeAsksFor(int count, long size, int wanted) {
        assertThat(SplitTarget.wanted(count, size * GB, settings(64, 16, null, 2)))
                .isEqualTo(wanted);
    }

    @ParameterizedTest(name = "one shard of {0} GB, initial split into {1}: {2}")
    @CsvSource({"8, 2, 0", "9, 2, 2", "9, 4, 4", "65, 2, 2", "129, 2, 4", "129, 8, 8", "9, 1, 0", "9, 0, 0", "9, 32, 16"
    })
    void behaviour84ATenantOfOneShardIsSplitEarlierAndTheLargerNumberWins(long size, int initialShards, int wanted) {
        assertThat(SplitTarget.wanted(1, size * GB, settings(64, 16, 8, initialShards)))
                .isEqualTo(wanted);
    }

    @Test
    void theInitialThresholdAloneIsEnoughAndIsForOneShardOnly() {
        AutomaticSplitSettings settings = settings(null, 16, 8, 2);

        assertThat(SplitTarget.wanted(1, 8 * GB, settings)).isZero();
        assertThat(SplitTarget.wanted(1, 8 * GB + 1, settings)).isEqualTo(2);
        assertThat(SplitTarget.wanted(2, 800 * GB, settings)).isZero();
    }

    @Test
    void behaviour84ThresholdsAreExclusiveToTheByte() {
        AutomaticSplitSettings settings = settings(64, 16, null, 2);

        assertThat(SplitTarget.wanted(2, 128 * GB, settings)).isZero();
        assertThat(SplitTarget.wanted(2, 128 * GB + 1, settings)).isEqualTo(4);
        assertThat(SplitTarget.wanted(1, Long.MAX_VALUE, settings(1, 255, null, 2)))
                .isEqualTo(255);
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void atMostOneShardTurnsAllOfItOff(int most) {
        assertThat(settings(1, most, 1, 2).isActive()).isFalse();
        assertThat(SplitTarget.of(1, 4000 * GB, settings(1, most, 1, 2))).isNull();
    }

    @Test
    void withoutThresholdsOrWithModeOffNothingIsTooLarge() {
        assertThat(settings(null, 16, null, 2).isActive()).isFalse();
        assertThat(settings(null, 16, 8, 1).isActive()).isFalse();
        assertThat(new AutomaticSplitSettings(Mode.OFF, GB, 16, null, 2, 4).isActive())
                .isFalse();
    }

    @ParameterizedTest(name = "{0} shards of {1} GB, at most {2}: {3}")
    @CsvSource({"3, 193, 16, 6", "3, 320, 16, 12", "3, 193, 5, 0", "2, 500, 6, 4", "2, 500, 3, 0", "5, 321, 16, 10"})
    void whatIsOrderedIsThePresentNumberTimesAPowerOfTwo(int count, long size, int most, int ordered) {
        SplitTarget target = SplitTarget.of(count, size * GB, settings(64, most, null, 2));

        assertThat(target == null ? 0 : target.shards()).isEqualTo(ordered);
    }

    @Test
    void theReasonNamesTheNumbers() {
        assertThat(SplitTarget.of(3, 193, new AutomaticSplitSettings(Mode.ON, 64L, 16, 8L, 2, 4)))
                .isEqualTo(new SplitTarget(
                        6,
                        false,
                        "193 bytes are more than 64 bytes for each of 3 shards; of 3 shards can be made 6, not 4"));
        assertThat(SplitTarget.of(1, 9, new AutomaticSplitSettings(Mode.ON, 64L, 16, 8L, 2, 4)))
                .isEqualTo(new SplitTarget(2, true, "9 bytes are more than 8 bytes, the limit for one shard"));
    }
}
