package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A pageserver: an unsigned 64-bit number, text in log messages. Small ids share one object each. */
public record NodeId(long value) implements Comparable<NodeId> {
    private static final NodeId[] SMALL = new NodeId[4096];

    static {
        for (int i = 0; i < SMALL.length; i++) {
            SMALL[i] = new NodeId(i);
        }
    }

    public static NodeId of(long value) {
        return value >= 0 && value < SMALL.length ? SMALL[(int) value] : new NodeId(value);
    }

    @JsonCreator
    public static NodeId of(String text) {
        try {
            return of(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("node id must be an unsigned 64-bit number: '" + text + "'", e);
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return Long.compareUnsigned(value, other.value);
    }

    @JsonValue
    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}
