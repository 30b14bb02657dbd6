package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** A plan of an operation: 32 hexadecimal digits, chosen by whoever makes it. */
public record PlanId(@JsonValue String value) {
    private static final int DIGITS = 32;

    /** @throws IllegalArgumentException when the text is not of that form */
    @JsonCreator
    public PlanId {
        if (value.length() != DIGITS || !value.chars().allMatch(PlanId::isDigit)) {
            throw new IllegalArgumentException("a plan id has " + DIGITS + " hexadecimal digits");
        }
    }

    /** One that nobody has. */
    public static PlanId random() {
        return new PlanId(UUID.randomUUID().toString().replace("-", ""));
    }

    private static boolean isDigit(int character) {
        return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
    }

    @Override
    public String toString() {
        return value;
    }
}
