package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Identifies one command for ever; a command met again under its id gets the stored outcome. 1 to 100 characters. */
public record CommandId(@JsonValue String value) {
    @JsonCreator
    public CommandId {
        if (value.isEmpty() || value.length() > 100) {
            throw new IllegalArgumentException("command id must have 1..100 characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
