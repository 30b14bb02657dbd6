package dev.berth.schemas.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Valid configurations as clients and pageservers spell them: any order, nulls, several spellings of one duration. */
public final class RandomConfig {
    private static final List<String> KINDS = List.of("NoEviction", "LayerAccessThreshold", "OnlyImitiate");

    private final Random random;

    public RandomConfig(long seed) {
        this.random = new Random(seed);
    }

    /** Most fields are left out; some are null. */
    public ObjectNode next() {
        List<ConfigField> fields = new ArrayList<>(List.of(ConfigField.values()));
        Collections.shuffle(fields, random);
        ObjectNode config = Json.object();
        for (ConfigField field : fields.subList(0, random.nextInt(6))) {
            config.set(field.text(), random.nextInt(6) == 0 ? config.nullNode() : value(field));
        }
        return config;
    }

    /** The same meaning in another order and spelling. */
    ObjectNode respelled(TenantConfig config) {
        List<ConfigField> fields = new ArrayList<>(List.of(ConfigField.values()));
        Collections.shuffle(fields, random);
        ObjectNode canonical = config.toJson();
        ObjectNode respelled = Json.object();
        for (ConfigField field : fields) {
            JsonNode value = canonical.get(field.text());
            if (value != null) {
                respelled.set(field.text(), respelled(value));
            } else if (random.nextInt(10) == 0) {
                respelled.putNull(field.text());
            }
        }
        return respelled;
    }

    private JsonNode respelled(JsonNode value) {
        if (value instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            Collections.shuffle(names, random);
            ObjectNode respelled = Json.object();
            names.forEach(name -> respelled.set(name, respelled(object.get(name))));
            respelled.put("a_newer_field", random.nextInt());
            return respelled;
        }
        boolean isDuration =
                value.isTextual() && Character.isDigit(value.textValue().charAt(0));
        return isDuration ? Json.object().textNode(spell(Humantime.parse(value.textValue()))) : value;
    }

    private JsonNode value(ConfigField field) {
        return switch (field) {
            case COMPACTION_ALGORITHM -> Json.object().put("kind", random.nextBoolean() ? "legacy" : "tiered");
            case EVICTION_POLICY -> evictionPolicy();
            case TIMELINE_GET_THROTTLE -> throttle();
            case SAMPLING_RATIO -> Json.object().put("denominator", 5).put("numerator", random.nextInt(3));
            case IMAGE_LAYER_CREATION_CHECK_THRESHOLD -> Json.object().numberNode(random.nextInt(256));
            default -> scalar(field);
        };
    }

    private JsonNode scalar(ConfigField field) {
        JsonNode[] candidates = {
            Json.object().numberNode(1L + random.nextInt(4)),
            Json.object().numberNode(java.math.BigInteger.ONE.shiftLeft(63).add(java.math.BigInteger.TWO)),
            Json.object().textNode(spell(Duration.ofSeconds(random.nextInt(200)))),
            Json.object().booleanNode(random.nextBoolean())
        };
        Collections.shuffle(java.util.Arrays.asList(candidates), random);
        for (JsonNode candidate : candidates) {
            try {
                field.canonical(candidate);
                return candidate;
            } catch (InvalidTenantConfig e) {
                // Not of this field's type: the next one may be.
            }
        }
        throw new IllegalStateException("no value for " + field);
    }

    private ObjectNode evictionPolicy() {
        ObjectNode policy = Json.object();
        String kind = KINDS.get(random.nextInt(KINDS.size()));
        if (!kind.equals("NoEviction")) {
            policy.put("threshold", spell(Duration.ofHours(random.nextInt(50))));
            policy.put("period", spell(Duration.ofMinutes(random.nextInt(100))));
        }
        return policy.put("kind", kind);
    }

    private ObjectNode throttle() {
        ObjectNode throttle =
                Json.object().put("max", random.nextInt(1000)).put("refill_amount", 1 + random.nextInt(3));
        throttle.putArray("task_kinds").add("PageRequestHandler");
        return throttle.put("refill_interval", spell(Duration.ofMillis(random.nextInt(5000))))
                .put("initial", 0);
    }

    private String spell(Duration duration) {
        return switch (random.nextInt(3)) {
            case 0 -> Humantime.print(duration);
            case 1 -> duration.toMillis() + "ms";
            default -> "0h " + duration.toSeconds() + " sec " + duration.toMillisPart() + "msec";
        };
    }
}
