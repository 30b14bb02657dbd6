package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A number issued by the ledger to one attachment of one shard: unsigned 32 bits, strictly increasing per shard. */
public record Generation(@JsonValue long value) implements Comparable<Generation> {
    public static final long MAX = 0xFFFF_FFFFL;

    @JsonCreator
    public Generation {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException("generation must be an unsigned 32-bit number: " + value);
        }
    }

    @Override
    public int compareTo(Generation other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
