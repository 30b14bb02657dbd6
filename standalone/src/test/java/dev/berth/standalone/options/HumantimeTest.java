package dev.berth.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class HumantimeTest {
    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "500ms, PT0.5S",
        "1m 30s, PT1M30S",
        "1m30s, PT1M30S",
        "2 hours, PT2H",
        "7days, PT168H",
        "1M, PT730H33M36S",
        "1year, PT8766H",
        "3us 4ns, PT0.000003004S",
        "10sec, PT10S",
        "' 5s ', PT5S"
    })
    void readsGroupsOfNumberAndUnit(String text, Duration expected) {
        assertThat(Humantime.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "60", "1.5s", "-1s", "5 parsecs", "5S", "s", "5s!", "999999999999999999y"})
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Humantime.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + text + "' is not a duration such as 500ms, 5s or 1m 30s");
    }
}
