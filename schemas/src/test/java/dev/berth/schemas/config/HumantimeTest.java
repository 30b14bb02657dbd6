package dev.berth.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumantimeTest {
    @ParameterizedTest
    @CsvSource({
        "0s, 0s",
        "0ms 0h, 0s",
        "90s, 1m 30s",
        "60s, 1m",
        "3600s, 1h",
        "168h, 7days",
        "1w, 7days",
        "24hr, 1day",
        "1d1h, 1day 1h",
        "1month, 1month",
        "2M, 2months",
        "2630015s, 30days 10h 33m 35s",
        "2630016s, 1month",
        "31557600s, 1year",
        "2y, 2years",
        "12months, 1year 43m 12s",
        "1500us, 1ms 500us",
        "1000000000ns, 1s",
        "1nsec 2usec 3msec, 3ms 2us 1ns",
        "1nanos 1millis, 1ms 1ns",
        "5 min  3 secs, 5m 3s",
        "' 5m ', 5m",
        "1second 2minutes 3hours 4days 5weeks 6months 7years, 7years 7months 8days 16h 28m 25s",
    })
    void printsTheCanonicalFormOfWhatItReads(String read, String printed) {
        assertThat(Humantime.print(Humantime.parse(read))).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | it is empty",
                "'  ' | it is empty",
                "60 | expected a unit such as s, min or days at 2, found the end",
                "1.5h | expected a unit such as s, min or days at 1, found `.`",
                "-1s | expected a number at 0, found `-`",
                "s | expected a number at 0, found `s`",
                "5 fortnights | unknown unit `fortnights` at 2",
                "1H | unknown unit `H` at 1",
                "1s 2S | unknown unit `S` at 4",
                "1s,2m | expected a number at 2, found `,`",
                "99999999999999999999999s | number at 0 is too large",
                "18446744073709551615years | it is too long",
            })
    void saysWhatIsWrongAndWhere(String text, String problem) {
        assertThatThrownBy(() -> Humantime.parse(text))
                .isInstanceOf(InvalidDuration.class)
                .hasMessage("invalid duration '" + text + "': " + problem);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 59, 2_630_015, 2_630_016, 31_557_599, 31_557_600, 63_115_200, Long.MAX_VALUE})
    void everyWholeSecondSurvivesARoundTrip(long seconds) {
        assertSurvives(Duration.ofSeconds(seconds));
        assertSurvives(Duration.ofSeconds(seconds, 999_999_999));
    }

    @Test
    void everyDurationSurvivesARoundTripAndHasOneText() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            long seconds = random.nextLong() >>> 1 + random.nextInt(62);
            int nanos = random.nextBoolean() ? 0 : random.nextInt(1_000_000_000);
            Duration duration = Duration.ofSeconds(seconds, nanos);
            assertSurvives(duration);
            assertThat(Humantime.print(Humantime.parse(Humantime.print(duration))))
                    .isEqualTo(Humantime.print(duration));
        }
    }

    @Test
    void refusesToPrintANegativeDuration() {
        assertThatThrownBy(() -> Humantime.print(Duration.ofMillis(-1))).hasMessageContaining("must not be negative");
    }

    private static void assertSurvives(Duration duration) {
        assertThat(Humantime.parse(Humantime.print(duration))).isEqualTo(duration);
    }
}
