package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Which locations a tenant wants per shard. JSON: {@code {"Attached": n}}, {@code "Secondary"} or {@code "Detached"}.
 *
 * @param secondaries warm copies beside the attached location; 0 unless attached
 */
public record PlacementPolicy(Kind kind, int secondaries) {
    /** Attached: one attached location and at least n secondaries. Secondary: one secondary. Detached: nothing. */
    public enum Kind {
        ATTACHED,
        SECONDARY,
        DETACHED
    }

    public static final PlacementPolicy SECONDARY = new PlacementPolicy(Kind.SECONDARY, 0);
    public static final PlacementPolicy DETACHED = new PlacementPolicy(Kind.DETACHED, 0);
    private static final PlacementPolicy[] ATTACHED = {
        new PlacementPolicy(Kind.ATTACHED, 0),
        new PlacementPolicy(Kind.ATTACHED, 1),
        new PlacementPolicy(Kind.ATTACHED, 2)
    };
    private static final int SECONDARIES_MAX = 1000;

    public PlacementPolicy {
        if (secondaries < 0 || secondaries > SECONDARIES_MAX || (kind != Kind.ATTACHED && secondaries != 0)) {
            throw new IllegalArgumentException("placement policy with " + secondaries + " secondaries");
        }
    }

    public static PlacementPolicy attached(int secondaries) {
        return secondaries >= 0 && secondaries < ATTACHED.length
                ? ATTACHED[secondaries]
                : new PlacementPolicy(Kind.ATTACHED, secondaries);
    }

    public boolean isAttached() {
        return kind == Kind.ATTACHED;
    }

    @JsonCreator
    public static PlacementPolicy of(JsonNode json) {
        if (json.isTextual()) {
            return switch (json.textValue()) {
                case "Secondary" -> SECONDARY;
                case "Detached" -> DETACHED;
                default -> throw invalid(json);
            };
        }
        JsonNode count = json.path("Attached");
        if (!json.isObject() || json.size() != 1 || !count.isInt() || count.intValue() < 0) {
            throw invalid(json);
        }
        return attached(count.intValue());
    }

    private static IllegalArgumentException invalid(JsonNode json) {
        return new IllegalArgumentException(
                "placement policy must be {\"Attached\": n}, \"Secondary\" or \"Detached\", not " + json);
    }

    @JsonValue
    public Object toJson() {
        return switch (kind) {
            case ATTACHED -> Map.of("Attached", secondaries);
            case SECONDARY -> "Secondary";
            case DETACHED -> "Detached";
        };
    }

    /** The JSON text, as the original keeps it in its database. */
    @Override
    public String toString() {
        return switch (kind) {
            case ATTACHED -> "{\"Attached\":" + secondaries + "}";
            case SECONDARY -> "\"Secondary\"";
            case DETACHED -> "\"Detached\"";
        };
    }
}
