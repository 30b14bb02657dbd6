package dev.berth.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.berth.schemas.config.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenSampleTest {
    private static final GoldenFiles FILES = GoldenFiles.ofThisModule();
    private static final Map<String, Object> SAMPLES = GoldenSamples.byName();

    static List<Class<?>> messages() {
        return WireTypes.messages();
    }

    static List<String> samples() {
        return List.copyOf(SAMPLES.keySet());
    }

    static List<String> files() {
        return FILES.names();
    }

    /** A run that writes never passes: what was written has to be looked at. */
    @BeforeAll
    static void writeMissingSamples() {
        List<String> written = samples().stream()
                .filter(name -> FILES.writeMissing(name, Wire.encode(SAMPLES.get(name))))
                .toList();
        if (!written.isEmpty()) {
            fail("wrote %d golden samples; look at them, commit them and run again without -D%s: %s"
                    .formatted(written.size(), GoldenFiles.WRITE, written));
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageHasASample(Class<?> message) {
        String name = GoldenSamples.nameOf(message, "");
        assertThat(SAMPLES)
                .as("%s is a wire message without a sample: add one to GoldenSamples", message.getName())
                .containsKey(name);
        assertThat(FILES.has(name))
                .as(
                        "%s has no golden sample %s: run with -D%s=true, look at the file written and commit it",
                        message.getName(), name, GoldenFiles.WRITE)
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aSampleIsWhatThisBuildReadsAndWrites(String name) {
        Object expected = SAMPLES.get(name);
        byte[] golden = FILES.read(name);
        assertThat(Wire.decode(golden, expected.getClass())).isEqualTo(expected);
        assertThat(Json.parse(Wire.encode(expected)))
                .as("%s: bytes like it are in logs; a message that changes gets a new version", name)
                .isEqualTo(Json.parse(golden));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everySampleEverReleasedIsStillRead(String name) {
        String group = name.substring(0, name.indexOf('/'));
        String tag = name.substring(group.length() + 1).replaceFirst("(-\\w+)?(\\.v\\d+)?\\.json$", "");
        Class<?> message = messages().stream()
                .filter(type -> WireTypes.groupOf(type).equals(group)
                        && MessageTypes.tagOf(type).equals(tag))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is no message any more, but logs may hold it"));
        assertThat(Wire.decode(FILES.read(name), message)).isInstanceOf(message);
    }

    @Test
    void theRegistryKnowsEverySealedHierarchy() {
        assertThat(MessageTypes.FAMILIES).containsExactlyInAnyOrderElementsOf(WireTypes.families());
        for (Class<?> family : WireTypes.families()) {
            assertThat(MessageTypes.membersOf(family).values())
                    .containsExactlyInAnyOrderElementsOf(WireTypes.membersOf(family));
        }
    }

    /** Tags are looked up within a family, versions by tag alone. */
    @Test
    void noTwoTaggedMessagesShareATag() {
        assertThat(WireTypes.families().stream()
                        .flatMap(family -> WireTypes.membersOf(family).stream())
                        .map(MessageTypes::tagOf))
                .doesNotHaveDuplicates();
    }
}
