package dev.berth.sim.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumanDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0s, 0s",
        "60s, 1m",
        "90 s, 1m 30s",
        "7 days, 7days",
        "24h, 1day",
        "1500ms, 1s 500ms",
        "1month 1day, 1month 1day",
        "2 years 5us 3ns, 2years 5us 3ns",
        "1w, 7days",
        "30day 10h 29m 4s 999ms, 30days 10h 29m 4s 999ms"
    })
    void printsWhatItReadInOneForm(String text, String printed) {
        assertThat(HumanDuration.format(HumanDuration.parseNanos(text))).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "60", "s", "1.5s", "-1s", "1fortnight", "1s x", "99999999999y"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> HumanDuration.parseNanos(text))
                .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
    }
}
