package dev.berth.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.schemas.config.TenantConfig.Mode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardIndex;
import dev.berth.schemas.id.TenantShardId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LocationConfigTest {
    private static final ShardIndex SECOND_OF_FOUR = ShardIndex.of("0104");
    private static final TenantConfig CONF = TenantConfig.parse(Json.parse("{\"gc_period\":\"60s\"}"), Mode.STRICT);

    @Test
    void printsAllSevenKeysOfAnAttachedLocation() {
        LocationConfig location = LocationConfig.attached(
                LocationMode.ATTACHED_SINGLE, new Generation(4294967295L), SECOND_OF_FOUR, 2048, CONF);
        assertThat(Json.text(location))
                .isEqualTo(
                        "{\"mode\":\"AttachedSingle\",\"generation\":4294967295,\"secondary_conf\":null,\"shard_number\":1,"
                                + "\"shard_count\":4,\"shard_stripe_size\":2048,\"tenant_conf\":{\"gc_period\":\"1m\"}}");
    }

    @Test
    void printsAllSevenKeysOfASecondaryAndOfADetachedLocation() {
        assertThat(Json.text(LocationConfig.secondary(SECOND_OF_FOUR, 2048, CONF)))
                .isEqualTo(
                        "{\"mode\":\"Secondary\",\"generation\":null,\"secondary_conf\":{\"warm\":true},\"shard_number\":1,"
                                + "\"shard_count\":4,\"shard_stripe_size\":2048,\"tenant_conf\":{\"gc_period\":\"1m\"}}");
        assertThat(Json.text(LocationConfig.detachedStray(TenantShardId.of("9e8d7c6b5a49382716051423f2e1d0c3-0104"))))
                .isEqualTo("{\"mode\":\"Detached\",\"generation\":null,\"secondary_conf\":null,\"shard_number\":1,"
                        + "\"shard_count\":4,\"shard_stripe_size\":0,\"tenant_conf\":{}}");
    }

    @ParameterizedTest
    @EnumSource(LocationMode.class)
    void survivesARoundTrip(LocationMode mode) throws Exception {
        LocationConfig location = mode.attached()
                ? LocationConfig.attached(mode, new Generation(7), SECOND_OF_FOUR, 32768, CONF)
                : mode == LocationMode.SECONDARY
                        ? LocationConfig.secondary(SECOND_OF_FOUR, 1, CONF)
                        : LocationConfig.detached(SECOND_OF_FOUR, 0, TenantConfig.EMPTY);
        assertThat(LocationConfig.parse(location.toJson(), Mode.STRICT)).isEqualTo(location);
        assertThat(Json.mapper().readValue(Json.bytes(location), LocationConfig.class))
                .isEqualTo(location);
        assertThat(LocationMode.of(mode.toString())).isSameAs(mode);
    }

    @Test
    void readsWhatPageserversReturn() {
        LocationConfig location = LocationConfig.parse(
                Json.parse(
                        "{\"tenant_conf\":{\"gc_period\":\"1m\",\"newer\":1,\"gc_horizon\":null},\"mode\":\"AttachedMulti\",\"generation\":3,\"newer\":{}}"),
                Mode.LENIENT);
        assertThat(location)
                .isEqualTo(LocationConfig.attached(
                        LocationMode.ATTACHED_MULTI, new Generation(3), ShardIndex.of("0000"), 0, CONF));
        assertThat(location.confHash()).isEqualTo(CONF.hash());
        assertThat(location.attached()).isTrue();
    }

    @Test
    void aSecondaryThatDoesNotDownloadIsNotWhatAnybodyWants() {
        LocationConfig warm = LocationConfig.secondary(SECOND_OF_FOUR, 2048, CONF);
        LocationConfig cold = new LocationConfig(LocationMode.SECONDARY, null, false, SECOND_OF_FOUR, 2048, CONF);
        assertThat(warm.confHash()).isEqualTo(CONF.hash());
        assertThat(cold.confHash()).isNotEqualTo(CONF.hash());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{'tenant_conf': {}} | missing field `mode`",
                "{'mode': 'Detached'} | missing field `tenant_conf`",
                "{'mode': 'Detached', 'tenant_conf': null} | missing field `tenant_conf`",
                "{'mode': 'attached', 'tenant_conf': {}} | unknown location mode 'attached'",
                "{'mode': 'Detached', 'tenant_conf': {}, 'x': 1} | unknown field `x`",
                "{'mode': 'Detached', 'tenant_conf': {'x': 1}} | unknown field `x`",
                "{'mode': 'Detached', 'tenant_conf': {}, 'generation': -1} | generation must be an unsigned 32-bit number: -1",
                "{'mode': 'Detached', 'tenant_conf': {}, 'generation': '1'} | generation: invalid value: string \"1\", expected an unsigned 32-bit integer",
                "{'mode': 'Detached', 'tenant_conf': {}, 'shard_count': 256} | shard count must be 0..255: 256",
                "{'mode': 'Detached', 'tenant_conf': {}, 'shard_count': 2, 'shard_number': 2} | shard number 2 is outside a count of 2",
                "{'mode': 'Detached', 'tenant_conf': {}, 'shard_stripe_size': -1} | shard_stripe_size: invalid value: integer `-1`, expected an unsigned integer",
                "{'mode': 'Secondary', 'tenant_conf': {}, 'secondary_conf': {}} | secondary_conf: invalid value: a map, expected {\"warm\": bool}",
                "[] | invalid type: a sequence, expected an object",
            })
    void refusesWithATextForTheCaller(String json, String message) {
        assertThatThrownBy(() -> LocationConfig.parse(Json.parse(json.replace('\'', '"')), Mode.STRICT))
                .isInstanceOfAny(InvalidLocationConfig.class, InvalidTenantConfig.class)
                .hasMessage(message);
    }

    @Test
    void anAttachedLocationIsBuiltWithAnAttachedModeOnly() {
        assertThatThrownBy(() ->
                        LocationConfig.attached(LocationMode.SECONDARY, new Generation(1), SECOND_OF_FOUR, 2048, CONF))
                .hasMessage("Secondary is not an attached mode");
    }
}
