package dev.berth.sim.location;

/** What a location does for its shard. */
public enum LocationMode {
    AttachedSingle,
    AttachedMulti,
    AttachedStale,
    Secondary,
    Detached;

    public boolean isAttached() {
        return this == AttachedSingle || this == AttachedMulti || this == AttachedStale;
    }

    /** Stale locations do not upload. */
    public boolean mayUpload() {
        return this == AttachedSingle || this == AttachedMulti;
    }

    /** Only a location that knows itself alone may delete remote objects. */
    public boolean mayDelete() {
        return this == AttachedSingle;
    }
}
