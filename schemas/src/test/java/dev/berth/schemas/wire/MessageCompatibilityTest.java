package dev.berth.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCompatibilityTest {
    private static final Map<String, Object> SAMPLES = GoldenSamples.byName();

    /** Values whose keys are the caller's or a choice, where one more means something. */
    private static final Set<String> CLOSED = Set.of("patch", "policy", "placement", "config");

    static List<String> samples() {
        return List.copyOf(SAMPLES.keySet());
    }

    static List<String> taggedSamples() {
        return SAMPLES.entrySet().stream()
                .filter(sample ->
                        WireTypes.declaredTypeOf(sample.getValue().getClass()).isSealed())
                .map(Map.Entry::getKey)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void fieldsOfLaterBuildsAreIgnored(String name) {
        Object sample = SAMPLES.get(name);
        JsonNode later = Json.parse(Wire.encode(sample));
        addFieldEverywhere(later);
        assertThat(later.toString()).contains("a_later_field");
        assertThat(Wire.decode(Json.bytes(later), sample.getClass())).isEqualTo(sample);
    }

    @ParameterizedTest
    @MethodSource("taggedSamples")
    void aTypeOfALaterBuildIsRefused(String name) {
        assertRefused(name, message -> message.put("type", "FutureMessage"), "FutureMessage");
    }

    @ParameterizedTest
    @MethodSource("taggedSamples")
    void aMessageWithoutATypeIsRefused(String name) {
        assertRefused(name, message -> message.remove("type"), "missing type id property 'type'");
    }

    @ParameterizedTest
    @MethodSource("taggedSamples")
    void aVersionOfALaterBuildIsRefused(String name) {
        String type = SAMPLES.get(name).getClass().getSimpleName();
        assertRefused(name, message -> message.put("version", 2), type + " has version 2, this build knows version 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "\"1\"", "1.5", "null", "{}", "[1]", "99999999999999999999"})
    void aVersionIsANumberThisBuildKnows(String version) {
        assertRefused("command/Tick.json", message -> message.set("version", Json.parse(version)), "Tick has version ");
    }

    @ParameterizedTest
    @MethodSource("taggedSamples")
    void aMemberOfAFamilySaysItsTypeAndVersion(String name) {
        Wire.Carried carried = Wire.carry(SAMPLES.get(name));
        JsonNode member = Json.parse(Wire.encode(carried.record())).at(carried.pointer());
        assertThat(member.path("type").textValue())
                .isEqualTo(SAMPLES.get(name).getClass().getSimpleName());
        assertThat(member.path("version").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("taggedSamples")
    void aMessageWithoutAVersionIsOfTheFirst(String name) {
        Wire.Carried carried = Wire.carry(SAMPLES.get(name));
        ObjectNode record = (ObjectNode) Json.parse(Wire.encode(carried.record()));
        ((ObjectNode) record.at(carried.pointer())).remove("version");
        assertThat(Wire.decode(Json.bytes(record), carried.record().getClass())).isEqualTo(carried.record());
    }

    @Test
    void aTagOfAnotherFamilyIsRefused() {
        assertRefused("command/Tick.json", message -> message.put("type", "SweepBegun"), "SweepBegun");
        assertRefused("event/SweepBegun.json", message -> message.put("type", "Tick"), "Tick");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "1", "{", "not json"})
    void bytesThatAreNoMessageAreRefusedByEveryDecoder(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (Class<?> record : WireTypes.RECORDS) {
            assertThatThrownBy(() -> Wire.decode(bytes, record)).isInstanceOf(UndecodableMessage.class);
        }
    }

    @Test
    void aValueOutOfRangeIsRefused() {
        assertRefused("command/DeleteTenant.json", message -> message.put("tenant", "12"), "32 hex digits");
        assertRefused("event/ShardPlaced.json", message -> message.put("cause", "FULL_MOON"), "FULL_MOON");
        assertRefused("reply/Quiescence.json", message -> message.put("outstanding", 1L << 31), "out of range");
    }

    private static void assertRefused(String name, Consumer<ObjectNode> change, String text) {
        Wire.Carried carried = Wire.carry(SAMPLES.get(name));
        JsonNode record = Json.parse(Wire.encode(carried.record()));
        change.accept((ObjectNode) record.at(carried.pointer()));
        Class<?> type = carried.record().getClass();
        assertThatThrownBy(() -> Wire.decode(Json.bytes(record), type))
                .isInstanceOf(UndecodableMessage.class)
                .hasMessageStartingWith(WireTypes.declaredTypeOf(type).getSimpleName() + ": ")
                .hasMessageContaining(text);
    }

    private static void addFieldEverywhere(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().stream()
                    .filter(field -> !CLOSED.contains(field.getKey()))
                    .forEach(field -> addFieldEverywhere(field.getValue()));
            object.set("a_later_field", Json.parse("{\"type\":\"x\",\"version\":9,\"more\":[1,{}]}"));
        } else {
            node.forEach(MessageCompatibilityTest::addFieldEverywhere);
        }
    }
}
