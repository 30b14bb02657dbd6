package dev.berth.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.TenantConfig.Mode;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantConfigTest {
    private static final int CASES = 5_000;
    private static final long HEATMAP_HASH = -7384561261085454248L;

    @Test
    void printsSortedFieldsWithCanonicalDurations() {
        assertThat(
                        strict(
                                "{'pitr_interval': '168h', 'gc_horizon': 67108864, 'heatmap_period': null, 'gc_period': '60s'}"))
                .hasToString("{\"gc_horizon\":67108864,\"gc_period\":\"1m\",\"pitr_interval\":\"7days\"}");
    }

    @Test
    void printsEveryField() {
        String all = """
                {"basebackup_cache_enabled":true,"checkpoint_distance":268435456,"checkpoint_timeout":"10m",\
                "compaction_algorithm":{"kind":"tiered"},"compaction_l0_first":true,"compaction_l0_semaphore":false,\
                "compaction_period":"20s","compaction_shard_ancestor":false,"compaction_target_size":134217728,\
                "compaction_threshold":10,"compaction_upper_limit":20,\
                "eviction_policy":{"kind":"LayerAccessThreshold","period":"10m","threshold":"1day"},\
                "evictions_low_residence_duration_metric_threshold":"1day","gc_compaction_enabled":true,\
                "gc_compaction_initial_threshold_kb":5242880,"gc_compaction_ratio_percent":100,\
                "gc_compaction_verification":true,"gc_horizon":67108864,"gc_period":"1h","heatmap_period":"5m",\
                "image_creation_preempt_threshold":3,"image_creation_threshold":3,\
                "image_layer_creation_check_threshold":255,"image_layer_force_creation_period":"1day",\
                "l0_flush_delay_threshold":30,"l0_flush_stall_threshold":60,"lagging_wal_timeout":"10s",\
                "lazy_slru_download":false,"lsn_lease_length":"10m","lsn_lease_length_for_ts":"1m",\
                "max_lsn_wal_lag":1073741824,"min_resident_size_override":18446744073709551615,"pitr_interval":"7days",\
                "rel_size_v2_enabled":false,"relsize_snapshot_cache_capacity":1000,\
                "sampling_ratio":{"denominator":10,"numerator":1},\
                "timeline_get_throttle":{"initial":0,"max":4294967295,"refill_amount":1,"refill_interval":"1s",\
                "task_kinds":["PageRequestHandler"]},"timeline_offloading":true,"walreceiver_connect_timeout":"10s"}""";
        TenantConfig config = TenantConfig.parse(Json.parse(all), Mode.STRICT);
        assertThat(config.canonicalJson()).isEqualTo(all);
        assertThat(config.toJson().size()).isEqualTo(ConfigField.values().length);
    }

    @Test
    void theTableOfFieldsIsSorted() {
        assertThat(Arrays.stream(ConfigField.values()).map(ConfigField::text)).isSorted();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{'no_such_thing': 1} | unknown field `no_such_thing`",
                "{'no_such_thing': null} | unknown field `no_such_thing`",
                "{'gc_horizon': -1} | gc_horizon: invalid value: integer `-1`, expected an integer from 0 to 18446744073709551615",
                "{'gc_horizon': 18446744073709551616} | gc_horizon: invalid value: integer `18446744073709551616`, expected an integer from 0 to 18446744073709551615",
                "{'gc_horizon': 1.0} | gc_horizon: invalid value: floating point `1.0`, expected an integer",
                "{'gc_horizon': '5'} | gc_horizon: invalid value: string \"5\", expected an integer",
                "{'image_layer_creation_check_threshold': 256} | image_layer_creation_check_threshold: invalid value: integer `256`, expected an integer from 0 to 255",
                "{'max_lsn_wal_lag': 0} | max_lsn_wal_lag: invalid value: integer `0`, expected an integer from 1 to 18446744073709551615",
                "{'lazy_slru_download': 'yes'} | lazy_slru_download: invalid value: string \"yes\", expected a boolean",
                "{'pitr_interval': 60} | pitr_interval: invalid value: integer `60`, expected a duration such as \"1m 30s\"",
                "{'pitr_interval': '60'} | pitr_interval: invalid duration '60': expected a unit such as s, min or days at 2, found the end",
                "{'compaction_algorithm': {'kind': 'eager'}} | compaction_algorithm: unknown kind \"eager\", expected one of [legacy, tiered]",
                "{'compaction_algorithm': 'legacy'} | compaction_algorithm: invalid value: string \"legacy\", expected an object",
                "{'eviction_policy': {}} | eviction_policy: missing field `kind`",
                "{'eviction_policy': {'kind': 'OnlyImitiate', 'period': '1s'}} | eviction_policy: missing field `threshold`",
                "{'eviction_policy': {'kind': 'OnlyImitiate', 'period': '1x', 'threshold': '1s'}} | eviction_policy: period: invalid duration '1x': unknown unit `x` at 1",
                "{'sampling_ratio': {'numerator': 1, 'denominator': null}} | sampling_ratio: denominator: invalid value: null, expected an integer",
                "{'timeline_get_throttle': {'initial': 0, 'max': 4294967296, 'task_kinds': []}} | timeline_get_throttle: max: invalid value: integer `4294967296`, expected an integer from 0 to 4294967295",
                "[] | invalid type: a sequence, expected an object",
                "null | invalid type: null, expected an object",
            })
    void refusesWithATextForTheCaller(String json, String message) {
        assertThatThrownBy(() -> strict(json))
                .isInstanceOf(InvalidTenantConfig.class)
                .hasMessage(message);
    }

    @Test
    void whatIsUnknownInsideAnObjectIsDropped() {
        assertThat(strict("{'compaction_algorithm': {'kind': 'legacy', 'newer': 1}}"))
                .isEqualTo(strict("{'compaction_algorithm': {'kind': 'legacy'}}"));
    }

    @Test
    void aPageserversUnknownFieldsAreDropped() {
        assertThat(lenient("{'newer_field': {'x': 1}, 'gc_period': '1m'}")).isEqualTo(strict("{'gc_period': '60s'}"));
        assertThat(lenient("{'newer_field': 1}")).isSameAs(TenantConfig.EMPTY);
        assertThat(lenient("null")).isSameAs(TenantConfig.EMPTY);
    }

    @Test
    void aPageserversUnreadableValueMakesTheConfigurationDiffer() {
        TenantConfig newer = lenient("{'eviction_policy': {'kind': 'Newer', 'a': 1}, 'gc_period': '1m'}");
        assertThat(newer).isNotEqualTo(strict("{'gc_period': '1m'}"));
        assertThat(newer).isEqualTo(lenient("{'gc_period': '1m', 'eviction_policy': {'a': 1, 'kind': 'Newer'}}"));
        assertThat(newer.patch(json("{'eviction_policy': null}"))).isEqualTo(strict("{'gc_period': '1m'}"));
    }

    /** The value is stored in the log and compared across versions. */
    @Test
    void theHashNeverChanges() {
        assertThat(TenantConfig.EMPTY.hash()).isZero();
        assertThat(strict("{'heatmap_period': '1m'}").hash()).isEqualTo(HEATMAP_HASH);
    }

    @Test
    void canonicalFormIsAFixedPoint() {
        RandomConfig random = new RandomConfig(1);
        for (int i = 0; i < CASES; i++) {
            TenantConfig config = TenantConfig.parse(random.next(), Mode.STRICT);
            assertThat(TenantConfig.parse(config.toJson(), Mode.STRICT)).isEqualTo(config);
            assertThat(TenantConfig.parse(Json.parse(config.canonicalJson()), Mode.LENIENT))
                    .isEqualTo(config);
            assertThat(config.toJson()).hasToString(config.canonicalJson());
        }
    }

    @Test
    void meaningTheSameIsBeingEqualAndHashingAlike() {
        RandomConfig random = new RandomConfig(2);
        Map<String, Long> hashes = new HashMap<>();
        for (int i = 0; i < CASES; i++) {
            TenantConfig config = TenantConfig.parse(random.next(), Mode.STRICT);
            TenantConfig respelled = TenantConfig.parse(random.respelled(config), Mode.STRICT);
            assertThat(respelled).isEqualTo(config).hasSameHashCodeAs(config);
            assertThat(respelled.hash()).isEqualTo(config.hash());
            assertThat(config.hash() == 0).isEqualTo(config.isEmpty());
            hashes.put(config.canonicalJson(), config.hash());
        }
        assertThat(hashes.values()).doesNotHaveDuplicates();
        assertThat(hashes).hasSizeGreaterThan(CASES / 2);
    }

    @Test
    void everyBitOfTheHashDependsOnTheConfiguration() {
        int samples = 4_096;
        int[] ones = new int[Long.SIZE];
        for (int i = 0; i < samples; i++) {
            long hash = strict("{'gc_horizon': " + i + "}").hash();
            for (int bit = 0; bit < Long.SIZE; bit++) {
                ones[bit] += (int) (hash >>> bit & 1);
            }
        }
        assertThat(Arrays.stream(ones).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(samples * 2 / 5, samples * 3 / 5));
    }

    @Test
    void patchKeepsWhatIsAbsentUnsetsNullAndSetsValues() {
        TenantConfig patched = strict("{'gc_horizon': 1, 'gc_period': '1h', 'pitr_interval': '7days'}")
                .patch(
                        json(
                                "{'gc_period': null, 'pitr_interval': '60s', 'checkpoint_distance': 5, 'gc_compaction_enabled': null}"));
        assertThat(patched).isEqualTo(strict("{'gc_horizon': 1, 'pitr_interval': '1m', 'checkpoint_distance': 5}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'gc_horizon': 2, 'nope': null}", "{'gc_horizon': 2, 'gc_period': 'soon'}", "[]", "null"})
    void aBadPatchIsRefusedWhole(String patch) {
        TenantConfig config = strict("{'gc_horizon': 1}");
        assertThatThrownBy(() -> config.patch(json(patch))).isInstanceOf(InvalidTenantConfig.class);
        assertThat(config).hasToString("{\"gc_horizon\":1}");
    }

    @Test
    void patchLaws() {
        RandomConfig random = new RandomConfig(3);
        for (int i = 0; i < CASES; i++) {
            TenantConfig config = TenantConfig.parse(random.next(), Mode.STRICT);
            ObjectNode patch = random.next();
            TenantConfig patched = config.patch(patch);
            assertThat(config.patch(Json.object())).isEqualTo(config);
            assertThat(patched.patch(patch)).isEqualTo(patched);
            assertThat(TenantConfig.EMPTY.patch(patch)).isEqualTo(TenantConfig.parse(patch, Mode.STRICT));
            ObjectNode expected = config.toJson();
            patch.fieldNames().forEachRemaining(expected::remove);
            expected.setAll(TenantConfig.EMPTY.patch(patch).toJson());
            assertThat(patched).isEqualTo(TenantConfig.parse(expected, Mode.STRICT));
        }
    }

    @Test
    void whatIsHandedOutMayBeChangedWithoutEffect() {
        TenantConfig config = strict(
                "{'eviction_policy': {'kind': 'NoEviction'}, 'timeline_get_throttle': {'task_kinds': ['a'], 'initial': 0, 'refill_interval': '1s', 'refill_amount': 1, 'max': 1}}");
        String before = config.canonicalJson();
        ObjectNode copy = config.toJson();
        copy.withObject("/eviction_policy").put("kind", "changed");
        copy.withArray("/timeline_get_throttle/task_kinds").removeAll();
        copy.removeAll();
        assertThat(config.toJson()).hasToString(before);
    }

    @Test
    void whatWasReadFromMayBeChangedWithoutEffect() {
        ObjectNode source = (ObjectNode) json("{'eviction_policy': {'kind': 'Newer', 'list': [{'x': 1}]}}");
        TenantConfig config = TenantConfig.parse(source, Mode.LENIENT);
        source.withArray("/eviction_policy/list").removeAll();
        assertThat(config.toJson()).hasToString(config.canonicalJson());
        assertThat(config.canonicalJson()).contains("\"x\":1");
    }

    @Test
    void equalConfigurationsAreTheSameObjectAndTheCacheIsBounded() {
        assertThat(strict("{'gc_period': '60s'}")).isSameAs(strict("{'gc_period': '1m'}"));
        TenantConfig kept = strict("{'gc_horizon': 0}");
        for (int i = 0; i < 20_000; i++) {
            strict("{'gc_horizon': " + i + "}");
        }
        assertThat(TenantConfig.internedCount()).isLessThanOrEqualTo(4_096);
        assertThat(strict("{'gc_horizon': 0}")).isEqualTo(kept);
    }

    @Test
    void isAnObjectInsideMessages() throws Exception {
        record Message(TenantConfig config, int other) {}
        Message message =
                new Message(strict("{'pitr_interval': '1day', 'min_resident_size_override': 18446744073709551615}"), 1);
        String text = Json.text(message);
        assertThat(text)
                .isEqualTo(
                        "{\"config\":{\"min_resident_size_override\":18446744073709551615,\"pitr_interval\":\"1day\"},\"other\":1}");
        assertThat(Json.mapper().readValue(text, Message.class)).isEqualTo(message);
        assertThat(Json.mapper().convertValue(message, Message.class)).isEqualTo(message);
        for (String absent : List.of("{}", "{\"config\":null}", "{\"config\":{}}")) {
            assertThat(Json.mapper().readValue(absent, Message.class).config()).isSameAs(TenantConfig.EMPTY);
        }
    }

    @Test
    void tellsTheHeatmapPeriod() {
        assertThat(strict("{'heatmap_period': '300s'}").heatmapPeriod()).contains(Duration.ofMinutes(5));
        assertThat(TenantConfig.EMPTY.heatmapPeriod()).isEmpty();
        assertThat(lenient("{'heatmap_period': 300}").heatmapPeriod()).isEmpty();
    }

    private static TenantConfig strict(String json) {
        return TenantConfig.parse(json(json), Mode.STRICT);
    }

    private static TenantConfig lenient(String json) {
        return TenantConfig.parse(json(json), Mode.LENIENT);
    }

    private static JsonNode json(String json) {
        return Json.parse(json.replace('\'', '"'));
    }
}
