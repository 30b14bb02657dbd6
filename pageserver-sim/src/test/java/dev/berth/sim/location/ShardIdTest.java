package dev.berth.sim.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardIdTest {
    private static final String TENANT = "9e8d7c6b5a49382716051423f2e1d0c3";

    @ParameterizedTest
    @ValueSource(strings = {TENANT, TENANT + "-0001", TENANT + "-0104", TENANT + "-ffff"})
    void printsWhatItRead(String text) {
        assertThat(ShardId.parse(text)).hasToString(text);
    }

    @Test
    void ordersByTenantThenNumberThenCount() {
        assertThat(ShardId.parse(TENANT + "-0004")).isLessThan(ShardId.parse(TENANT + "-0104"));
        assertThat(ShardId.parse(TENANT)).isLessThan(ShardId.parse(TENANT + "-0001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zz", TENANT + "-01", TENANT + "-zz04", "9e8d7c6b5a49382716051423f2e1d0cX"})
    void refusesOtherTexts(String text) {
        assertThatThrownBy(() -> ShardId.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
