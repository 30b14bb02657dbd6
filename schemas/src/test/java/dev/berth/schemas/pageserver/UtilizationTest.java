package dev.berth.schemas.pageserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.config.Json;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtilizationTest {
    private static final long TIB = 1L << 40;

    @Test
    void readsAndPrintsTheBodyOfAPageserver() throws Exception {
        String body = "{\"disk_usage_bytes\":1,\"free_space_bytes\":9223372036854775807,\"disk_wanted_bytes\":3,"
                + "\"disk_usable_pct\":80,\"shard_count\":4,\"max_shard_count\":2500,\"utilization_score\":1600,"
                + "\"captured_at\":\"2024-09-01T00:00:00.123Z\"}";
        Utilization read = Utilization.parse(Json.parse(body));
        assertThat(read)
                .isEqualTo(new Utilization(1, Long.MAX_VALUE, 3, 80, 4, 2500, 1600L, "2024-09-01T00:00:00.123Z"));
        assertThat(Json.text(read)).isEqualTo(body);
        assertThat(Json.mapper().readValue(body, Utilization.class)).isEqualTo(read);
    }

    @Test
    void whatAnOlderPageserverLeavesOutHasDefaults() {
        Utilization read = Utilization.parse(
                Json.parse(
                        "{\"disk_usage_bytes\":0,\"free_space_bytes\":100,\"disk_wanted_bytes\":50,\"shard_count\":25,\"newer\":1}"));
        assertThat(read).isEqualTo(new Utilization(0, 100, 50, 0, 25, 0, null, null));
        assertThat(read.score()).isEqualTo(500_000);
        assertThat(read.scoreWith(2_500)).isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{'free_space_bytes': 1} | utilization: missing field `disk_usage_bytes`",
                "{'disk_usage_bytes': 1, 'free_space_bytes': null} | utilization: missing field `free_space_bytes`",
                "{'disk_usage_bytes': -1, 'free_space_bytes': 1} | utilization: disk_usage_bytes must be an unsigned integer, is -1",
                "{'disk_usage_bytes': 1, 'free_space_bytes': 1, 'disk_usable_pct': 101} | utilization: disk_usable_pct must be 0..100: 101",
                "[] | utilization: expected an object, got ARRAY",
            })
    void saysWhatIsWrong(String body, String message) {
        assertThatThrownBy(() -> Utilization.parse(Json.parse(body.replace('\'', '"'))))
                .isInstanceOf(UnreadableBody.class)
                .hasMessage(message);
    }

    @Test
    void thePageserversOwnScoreCountsUntilMoreShardsAreIntended() {
        Utilization scored = new Utilization(TIB, TIB, 0, 100, 10, 1000, 777_000L, null);
        assertThat(scored.scoreWith(9)).isEqualTo(777_000);
        assertThat(scored.scoreWith(10)).isEqualTo(777_000);
        assertThat(scored.scoreWith(11)).isEqualTo(11_000);
    }

    @Test
    void theScoreIsTheFullerOfDiskAndShards() {
        Utilization disk = new Utilization(TIB, TIB, TIB, 80, 1, 1000, null, null);
        assertThat(disk.score()).isEqualTo(625_000);
        assertThat(disk.scoreWith(700)).isEqualTo(700_000);
        assertThat(new Utilization(TIB, TIB, 4 * TIB, 100, 0, 1000, null, null).score())
                .isEqualTo(2_000_000);
    }

    @Test
    void theScoreIsExactOrNearlySoForAnySizes() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            long used = random.nextLong() >>> 2 + random.nextInt(50);
            long free = random.nextLong() >>> 2 + random.nextInt(50);
            long wanted = random.nextLong() >>> 1 + random.nextInt(60);
            int pct = 1 + random.nextInt(100);
            BigInteger usable = BigInteger.valueOf(used)
                    .add(BigInteger.valueOf(free))
                    .multiply(BigInteger.valueOf(pct))
                    .divide(BigInteger.valueOf(100))
                    .max(BigInteger.ONE);
            BigInteger exact = BigInteger.valueOf(wanted)
                    .multiply(BigInteger.valueOf(1_000_000))
                    .divide(usable);
            long score = new Utilization(used, free, wanted, pct, 0, 1, null, null).score();
            if (exact.bitLength() < Long.SIZE - 1) {
                assertThat(score).isCloseTo(exact.longValueExact(), org.assertj.core.data.Offset.offset(1L));
            } else {
                assertThat(score).isGreaterThan(Long.MAX_VALUE / 4);
            }
        }
    }

    @Test
    void aBodyOfZerosScoresWithoutFailing() {
        Utilization zeros = Utilization.parse(Json.parse("{\"disk_usage_bytes\":0,\"free_space_bytes\":0}"));
        assertThat(zeros.score()).isZero();
        assertThat(Utilization.of(0, TIB).score()).isZero();
    }

    @Test
    void sameLoadIgnoresTimeAndSmallDifferencesOnly() {
        Utilization load = new Utilization(TIB, TIB, TIB, 100, 10, 1000, 500_000L, "2024-09-01T00:00:00.000Z");
        assertThat(load.sameLoadAs(new Utilization(TIB - 5, TIB, TIB, 100, 10, 1000, 500_001L, "later")))
                .isTrue();
        assertThat(load.sameLoadAs(new Utilization(TIB, TIB, TIB, 100, 10, 1000, 501_000L, null)))
                .isFalse();
        assertThat(load.sameLoadAs(new Utilization(TIB, TIB, TIB, 100, 11, 1000, 500_000L, null)))
                .isFalse();
        assertThat(load.sameLoadAs(new Utilization(TIB, TIB, TIB, 100, 10, 1001, 500_000L, null)))
                .isFalse();
        assertThat(load.sameLoadAs(new Utilization(TIB, TIB, TIB / 2, 100, 10, 1000, 500_000L, null)))
                .isFalse();
        assertThat(load.sameLoadAs(new Utilization(TIB, TIB, TIB, 100, 10, 1000, null, null)))
                .isFalse();
    }
}
