package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.berth.schemas.id.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one location of a shard came to its node, as it was decided: short enough to be kept with every decision.
 *
 * @param node that was chosen; null when none was left
 * @param candidates nodes among which was chosen; 0 where none were compared
 * @param best of them, best first: the one chosen and those next to it
 * @param excluded nodes that were none, by why
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record PlacementChoice(
        Role role, Rule rule, @Nullable NodeId node, int candidates, List<Candidate> best, List<Exclusion> excluded) {
    /** So many of the best are kept. */
    public static final int BEST_MAX = 3;
    /** So many nodes of one exclusion are named. */
    public static final int NAMED_MAX = 4;

    public PlacementChoice {
        best = best == null ? List.of() : List.copyOf(best);
        excluded = excluded == null ? List.of() : List.copyOf(excluded);
    }

    /** Somebody named the node: a request, or an operation that had looked for it before. */
    public static PlacementChoice ordered(Role role, NodeId node) {
        return new PlacementChoice(role, Rule.ORDERED, node, 0, List.of(), List.of());
    }

    /** What the node shall hold. */
    public enum Role {
        ATTACHED,
        SECONDARY
    }

    /** How the node was found. */
    public enum Rule {
        /** The least score of all nodes that may take a location (behaviour 3.2). */
        BEST_SCORE,
        /** A secondary of the shard took over: one outside the home zone, then the lowest id (behaviour 3.4). */
        WARM_SECONDARY,
        ORDERED
    }

    /**
     * A node and its score; the parts are compared from left to right, then the id, and less is better (behaviour 3.2).
     *
     * @param zone 0 for a zone as wished, 1 where nothing is wished, 2 for the others
     * @param affinity locations of the same tenant intended there
     * @param utilization millionths of its capacity
     * @param locations attached ones for an attachment, those away from their home zone for a secondary
     */
    public record Candidate(NodeId node, int zone, int affinity, long utilization, int locations) {
        private static final int PARTS = 5;

        @JsonCreator
        public static Candidate of(String text) {
            String[] parts = text.split(" ", -1);
            if (parts.length != PARTS) {
                throw new IllegalArgumentException("a candidate has " + PARTS + " parts: '" + text + "'");
            }
            return new Candidate(
                    NodeId.of(parts[0]),
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    Long.parseLong(parts[3]),
                    Integer.parseInt(parts[4]));
        }

        @JsonValue
        @Override
        public String toString() {
            return node + " " + zone + " " + affinity + " " + utilization + " " + locations;
        }
    }

    /**
     * Nodes that may not take the location for one reason.
     *
     * @param nodes how many
     * @param first of them by id, at most {@link #NAMED_MAX}
     */
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    public record Exclusion(Obstacle obstacle, int nodes, List<NodeId> first) {
        public Exclusion {
            first = first == null ? List.of() : List.copyOf(first);
        }
    }

    /** Why a node may not take a location. */
    public enum Obstacle {
        OFFLINE,
        WARMING_UP,
        PAUSED,
        RESTARTING,
        DRAINING,
        DELETING,
        /** Too full, while others are not. */
        OVERLOADED,
        /** It has, or is to give up, another location of the shard. */
        TAKEN
    }
}
