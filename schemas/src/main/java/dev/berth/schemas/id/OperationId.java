package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A long operation: the log position of the command that was accepted. Text in log messages. */
public record OperationId(long position) implements Comparable<OperationId> {
    @JsonCreator
    public static OperationId of(String text) {
        return new OperationId(Long.parseLong(text));
    }

    @Override
    public int compareTo(OperationId other) {
        return Long.compare(position, other.position);
    }

    @JsonValue
    @Override
    public String toString() {
        return Long.toString(position);
    }
}
