package dev.berth.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "340282366920938463463374607431768211455",
                "-170141183460469231731687303715884105728",
                "18446744073709551615",
                "0.10",
                "123456789012345678901234567890.12345",
                "null",
                "[1,2.50,\"\u00fc\"]"
            })
    void numbersSurviveExactly(String text) {
        assertThat(Json.text(Json.parse(text))).isEqualTo(text);
        assertThat(Json.bytes(Json.parse(text.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "{", "{} {}", "{} x", "tru", "{\"a\":}"})
    void refusesWhatIsNotExactlyOneValue(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(MalformedJson.class);
        assertThatThrownBy(() -> Json.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedJson.class);
    }

    @Test
    void saysWhereTheTextIsBroken() {
        assertThatThrownBy(() -> Json.parse("{\n  \"a\": ]")).hasMessageContaining("line 2 column");
        assertThatThrownBy(() -> Json.parse("{"))
                .hasMessage("Unexpected end-of-input: expected close marker for Object at line 1 column 2");
    }
}
