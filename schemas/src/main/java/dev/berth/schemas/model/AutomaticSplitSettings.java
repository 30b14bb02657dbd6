package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * When tenants are split without being asked for (http-api 18.3, behaviour 8.4). Sizes are logical, in bytes.
 *
 * @param splitThreshold size of a shard above which its tenant is to be split; null for no such limit
 * @param maxSplitShards the most shards that a split which nobody asked for makes; 0 and 1 turn it off
 * @param initialSplitThreshold size above which a tenant of one shard is to be split; null for no such limit
 * @param initialSplitShards how many shards the first split makes at least; 0 and 1 turn the rule off
 * @param atOnce how many of these splits may be open at a time
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record AutomaticSplitSettings(
        Mode mode,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long splitThreshold,
        int maxSplitShards,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long initialSplitThreshold,
        int initialSplitShards,
        int atOnce) {
    public static final AutomaticSplitSettings OFF = new AutomaticSplitSettings(Mode.OFF, null, 0, null, 0, 0);

    public AutomaticSplitSettings {
        mode = mode == null ? Mode.OFF : mode;
    }

    /** What is done about a tenant that is too large. */
    public enum Mode {
        OFF,
        /** It is only told what would be split. */
        ADVISE,
        ON
    }

    /** Whether any tenant can be found too large. */
    @JsonIgnore
    public boolean isActive() {
        return mode != Mode.OFF && maxSplitShards > 1 && (splitThreshold != null || splitsOneShardEarlier());
    }

    /** Whether the rule for tenants of one shard is on. */
    @JsonIgnore
    public boolean splitsOneShardEarlier() {
        return initialSplitThreshold != null && initialSplitShards > 1;
    }
}
