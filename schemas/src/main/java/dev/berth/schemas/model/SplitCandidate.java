package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * A tenant that was found too large for the shards it has.
 *
 * @param bytes logical size of its largest timeline, over all shards
 * @param target how many shards it is to have
 * @param reason the rule with its numbers
 * @param standing what becomes of it
 * @param obstacle why it is not split now; null when nothing is in the way
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record SplitCandidate(
        TenantId tenant,
        @JsonInclude(JsonInclude.Include.ALWAYS) ShardCount count,
        long bytes,
        int target,
        String reason,
        Standing standing,
        @Nullable String obstacle) {

    /** In the order in which candidates are told. */
    public enum Standing {
        /** Its split is ordered. */
        ORDERED,
        /** A split of it is going on. */
        SPLITTING,
        /** As many as may be are split at the moment. */
        QUEUED,
        /** Splits are only advised. */
        ADVISED,
        /** Its last split failed, and it waits for the next try. */
        BACKING_OFF,
        /** It cannot be split as it is. */
        REFUSED
    }
}
