package dev.berth.schemas.pageserver;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.schemas.config.Json;
import org.jspecify.annotations.Nullable;

/**
 * How far a secondary has downloaded.
 *
 * @param heatmapMtime timestamp as sent; null until the first heatmap was fetched, when all counts are zero
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SecondaryProgress(
        @JsonProperty("heatmap_mtime") @Nullable String heatmapMtime,
        @JsonProperty("layers_downloaded") long layersDownloaded,
        @JsonProperty("layers_total") long layersTotal,
        @JsonProperty("bytes_downloaded") long bytesDownloaded,
        @JsonProperty("bytes_total") long bytesTotal) {
    /** Of nothing; neutral in {@link #plus}. */
    public static final SecondaryProgress NONE = new SecondaryProgress(null, 0, 0, 0, 0);

    /**
     * Reads the body.
     *
     * @throws UnreadableBody when a value is not what it must be; absent counts are zero
     */
    public static SecondaryProgress parse(JsonNode json) {
        Body body = Body.of("secondary progress", json);
        return new SecondaryProgress(
                body.optionalText("heatmap_mtime"),
                body.unsigned("layers_downloaded", 0),
                body.unsigned("layers_total", 0),
                body.unsigned("bytes_downloaded", 0),
                body.unsigned("bytes_total", 0));
    }

    @JsonValue
    public ObjectNode toJson() {
        return Json.object()
                .put("heatmap_mtime", heatmapMtime)
                .put("layers_downloaded", layersDownloaded)
                .put("layers_total", layersTotal)
                .put("bytes_downloaded", bytesDownloaded)
                .put("bytes_total", bytesTotal);
    }

    /** Has everything the heatmap lists; false when there was no heatmap yet. */
    public boolean isComplete() {
        return heatmapMtime != null && layersDownloaded >= layersTotal;
    }

    public long bytesMissing() {
        return Math.max(0, bytesTotal - bytesDownloaded);
    }

    /** Both together; dated by the older heatmap of those that have one. */
    public SecondaryProgress plus(SecondaryProgress other) {
        return new SecondaryProgress(
                older(heatmapMtime, other.heatmapMtime),
                layersDownloaded + other.layersDownloaded,
                layersTotal + other.layersTotal,
                bytesDownloaded + other.bytesDownloaded,
                bytesTotal + other.bytesTotal);
    }

    /** Timestamps are UTC with the same number of digits, so the order of the texts is the order in time. */
    private static @Nullable String older(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) <= 0 ? one : other;
    }
}
