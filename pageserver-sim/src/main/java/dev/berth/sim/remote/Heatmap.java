package dev.berth.sim.remote;

import java.util.List;

/** The layers that a secondary should hold. */
public record Heatmap(long generation, long uploadPeriodMillis, List<Timeline> timelines) {
    public Heatmap {
        timelines = List.copyOf(timelines);
    }

    /** The layers of one timeline. */
    public record Timeline(String timeline, List<LayerRef> layers) {
        public Timeline {
            layers = List.copyOf(layers);
        }
    }
}
