package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the optimiser does with what it finds. Each includes less than the next. */
public enum OptimiserMode {
    /** It looks at nothing. */
    @JsonProperty("off")
    OFF,
    /** It says what it would move. */
    @JsonProperty("advise")
    ADVISE,
    /** It moves. */
    @JsonProperty("on")
    ON;

    /** The lesser of both. */
    public OptimiserMode atMost(OptimiserMode other) {
        return compareTo(other) <= 0 ? this : other;
    }
}
