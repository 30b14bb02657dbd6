package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What is believed of one shard on one node. No entry for a node means: certainly nothing there. A null mode means unknown:
 * something may be there.
 *
 * @param mode last acknowledged mode, null when unknown
 * @param generation of an attached mode
 * @param confHash hash of the tenant configuration last acknowledged
 * @param settlesAtMs a request sent earlier may still change the location until this state time (P3); 0 when none can
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record ObservedLocation(
        NodeId node, @Nullable LocationMode mode, @Nullable Generation generation, long confHash, long settlesAtMs) {

    public static ObservedLocation unknown(NodeId node, long settlesAtMs) {
        return new ObservedLocation(node, null, null, 0, settlesAtMs);
    }

    public static ObservedLocation attached(NodeId node, LocationMode mode, Generation generation, long confHash) {
        return new ObservedLocation(node, mode, generation, confHash, 0);
    }

    public static ObservedLocation secondary(NodeId node, long confHash) {
        return new ObservedLocation(node, LocationMode.SECONDARY, null, confHash, 0);
    }

    @JsonIgnore
    public boolean isKnown() {
        return mode != null;
    }

    /** Known to be attached in whichever mode. */
    @JsonIgnore
    public boolean isAttached() {
        return mode != null && mode.attached();
    }
}
