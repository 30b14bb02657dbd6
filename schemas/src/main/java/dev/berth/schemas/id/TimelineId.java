package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;

/** A timeline of a tenant: 16 bytes, printed as 32 lower-case hex digits. */
public record TimelineId(long high, long low) {
    @JsonCreator
    public static TimelineId of(String text) {
        if (text.length() != 32) {
            throw new IllegalArgumentException("timeline id must have 32 hex digits: '" + text + "'");
        }
        return new TimelineId(Hex.parse(text, 0), Hex.parse(text, 16));
    }

    @JsonValue
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }
}
