package dev.berth.sim.remote;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a generation knows of one timeline: the content of an index object. LSNs and times are plain numbers. */
public record TimelineIndex(
        String timeline,
        Origin origin,
        long diskConsistentLsn,
        List<LayerRef> layers,
        @Nullable Long archivedAt,
        @Nullable Long deletedAt,
        boolean invisible,
        List<String> gcBlocking,
        Writer writer) {

    public TimelineIndex {
        layers = List.copyOf(layers);
        gcBlocking = List.copyOf(gcBlocking);
    }

    /**
     * How the timeline began; the same on all shards, and what an identical create is recognised by.
     *
     * @param detachedFrom the ancestor that it had before it was detached
     */
    public record Origin(
            @Nullable String ancestor,
            @Nullable Long ancestorLsn,
            long startLsn,
            int pgVersion,
            boolean readOnly,
            @Nullable String detachedFrom) {}

    /** Who wrote the object: the node and its one attachment. */
    public record Writer(long node, String attachment) {}
}
