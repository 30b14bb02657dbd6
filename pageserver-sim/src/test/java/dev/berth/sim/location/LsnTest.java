package dev.berth.sim.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {
    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/16B5A50", "1/0", "FF/9500000", "FFFFFFFF/FFFFFFFF"})
    void printsWhatItRead(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "/0", "0/", "g/0", "123456789/0"})
    void refusesOtherTexts(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
