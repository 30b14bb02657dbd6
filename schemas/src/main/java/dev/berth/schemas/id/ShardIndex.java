package dev.berth.schemas.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;

/** Number and count of a shard, the slug NNCC of a shard id. */
public record ShardIndex(int number, ShardCount count) implements Comparable<ShardIndex> {
    public ShardIndex {
        if (number < 0 || number >= count.effective()) {
            throw new IllegalArgumentException("shard number " + number + " is outside a count of " + count);
        }
    }

    @JsonCreator
    public static ShardIndex of(String slug) {
        if (slug.length() != 4) {
            throw new IllegalArgumentException("shard index must have 4 hex digits: '" + slug + "'");
        }
        return new ShardIndex((int) Hex.parse(slug, 0, 2), new ShardCount((int) Hex.parse(slug, 2, 2)));
    }

    @Override
    public int compareTo(ShardIndex other) {
        int byNumber = Integer.compare(number, other.number);
        return byNumber != 0 ? byNumber : Integer.compare(count.value(), other.count.value());
    }

    @JsonValue
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits((byte) number) + hex.toHexDigits((byte) count.value());
    }
}
