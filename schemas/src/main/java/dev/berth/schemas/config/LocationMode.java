package dev.berth.schemas.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** What a pageserver does with a shard. */
public enum LocationMode {
    ATTACHED_SINGLE("AttachedSingle"),
    ATTACHED_MULTI("AttachedMulti"),
    ATTACHED_STALE("AttachedStale"),
    SECONDARY("Secondary"),
    DETACHED("Detached");

    private final String text;

    LocationMode(String text) {
        this.text = text;
    }

    @JsonCreator
    public static LocationMode of(String text) {
        return Arrays.stream(values())
                .filter(mode -> mode.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown location mode '" + text + "'"));
    }

    /** Has a generation and ingests the log. */
    public boolean attached() {
        return this == ATTACHED_SINGLE || this == ATTACHED_MULTI || this == ATTACHED_STALE;
    }

    @JsonValue
    @Override
    public String toString() {
        return text;
    }
}
