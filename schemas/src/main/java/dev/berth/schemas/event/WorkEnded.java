package dev.berth.schemas.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.TenantShardId;
import org.jspecify.annotations.Nullable;

/** The piece of work with this sequence is no longer in flight.
 *
 * @param error why it did not do all it should; null when it did
 * @param attempts pieces of work in a row that left something to do; 0 when the shard is as it should be
 * @param retryAtMs not before this state time is the shard worked on again; 0 for at once */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record WorkEnded(
        TenantShardId shard, long sequence, @Nullable String error, long retryAtMs, int attempts)
        implements ShardEvent {
    /** The error of work that somebody has cancelled. */
    public static final String CANCELLED = "Cancelled";
}
