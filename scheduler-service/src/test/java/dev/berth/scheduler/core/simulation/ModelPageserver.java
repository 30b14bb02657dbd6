package dev.berth.scheduler.core.simulation;

import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.SplitOrder;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A pageserver's locations, with the rules of behaviour 13.2. */
final class ModelPageserver {
    record Location(LocationMode mode, @Nullable Generation generation, long confHash) {}

    final NodeId id;
    final String zone;
    final TreeMap<TenantShardId, Location> locations = new TreeMap<>();
    /** What the parents of splits leave on disk: the next start decides about it. */
    final TreeMap<TenantShardId, Location> directories = new TreeMap<>();

    boolean running;
    boolean reachable = true;
    boolean mayBeDeleted;
    boolean deleted;

    ModelPageserver(NodeId id, String zone) {
        this.id = id;
        this.zone = zone;
    }

    boolean answers() {
        return running && reachable && !deleted;
    }

    /** False when the generation is lower than the attached one. */
    boolean put(TenantShardId shard, LocationMode mode, @Nullable Generation generation, long confHash) {
        Location before = locations.get(shard);
        directories.remove(shard);
        if (mode == LocationMode.DETACHED) {
            locations.remove(shard);
            return true;
        }
        boolean lower = mode.attached()
                && before != null
                && before.mode().attached()
                && before.generation() != null
                && generation != null
                && generation.compareTo(before.generation()) < 0;
        if (lower) {
            return false;
        }
        locations.put(shard, new Location(mode, generation, confHash));
        return true;
    }

    /** Turns an attached shard into its children, in its generation (behaviour 13.8); nothing where it is not attached. */
    void split(TenantShardId parent, SplitOrder order) {
        Location location = locations.get(parent);
        if (!running || location == null || location.mode() != LocationMode.ATTACHED_SINGLE) {
            return;
        }
        locations.remove(parent);
        directories.put(parent, location);
        for (int number = parent.number();
                number < order.to().effective();
                number += order.from().effective()) {
            locations.put(new TenantShardId(parent.tenant(), number, order.to().value()), location);
        }
    }
}
