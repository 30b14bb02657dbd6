package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.id.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * One location that a piece of work shall bring about.
 *
 * @param known what was observed there when the work was issued; null when certainly nothing was there
 * @param mayDemote whether an attached location met there may be demoted or detached: compute knows its successor (P21), or
 *     there is to be none
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record WorkStep(NodeId node, Action action, @Nullable ObservedLocation known, boolean mayDemote) {
    /** The location wanted: attached, secondary or none. */
    public enum Action {
        ATTACH,
        SECONDARY,
        DETACH,
        /** The former attachment, still serving, writes out what it holds and becomes stale before its successor is attached. */
        FREEZE
    }
}
