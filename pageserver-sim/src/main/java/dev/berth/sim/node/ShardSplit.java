package dev.berth.sim.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.Json;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.LocationMode;
import dev.berth.sim.location.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Turns one attached shard into its children, on this node and in the same generation. */
final class ShardSplit {
    private static final int COUNT_MAX = 255;

    private final NodeContext context;
    private final Locations locations;

    ShardSplit(NodeContext context, Locations locations) {
        this.context = context;
        this.locations = locations;
    }

    ObjectNode split(AttachedLocation parent, JsonNode body) throws InterruptedException {
        int newCount = body.path("new_shard_count").asInt();
        JsonNode newStripe = body.path("new_stripe_size");
        ShardId id = parent.shard();
        if (newCount <= id.effectiveCount() || newCount > COUNT_MAX) {
            throw ApiError.internal("Requested shard count is not an increase");
        }
        if (Integer.bitCount(newCount / id.effectiveCount()) != 1) {
            throw ApiError.internal("Requested split is not a power of two");
        }
        if (newStripe.isIntegralNumber() && id.effectiveCount() > 1) {
            throw ApiError.internal("Cannot change the stripe size of a sharded tenant");
        }
        long stripe = newStripe.isIntegralNumber()
                ? newStripe.longValue()
                : parent.config().identity().stripe();
        List<ShardId> children = children(id, newCount);
        parent.flush();
        locations.acquire(id, ApiError.internal("Tenant " + id + " is already being modified"));
        Map<ShardId, AttachedLocation> started = new TreeMap<>();
        try {
            for (ShardId child : children) {
                writeIndices(parent, child);
                started.put(child, start(parent, child, new LocationConfig.Identity(child.number(), newCount, stripe)));
            }
            Thread.sleep(context.knobs().attachMillis().get());
        } catch (RuntimeException | InterruptedException e) {
            started.keySet().forEach(child -> {
                locations.release(child, null);
                context.disk().removeLocation(child);
            });
            locations.release(id, parent.reloaded());
            throw e;
        }
        // The directory of the parent stays: the next re-attach decides about it.
        locations.release(id, null);
        started.forEach((child, location) -> {
            locations.release(child, location);
            context.journal().changed(child, location.config().mode().name(), location.generation(), "split");
        });
        ArrayNode ids = Json.array();
        children.forEach(child -> ids.add(child.toString()));
        ObjectNode answer = Json.object();
        answer.set("new_shards", ids);
        return answer;
    }

    static List<ShardId> children(ShardId parent, int newCount) {
        List<ShardId> children = new ArrayList<>();
        for (int number = parent.number(); number < newCount; number += parent.effectiveCount()) {
            children.add(new ShardId(parent.tenant(), number, newCount));
        }
        return children;
    }

    private void writeIndices(AttachedLocation parent, ShardId child) {
        parent.timelines()
                .values()
                .forEach(timeline -> context.remote()
                        .putIndex(child, parent.generation(), timeline.indexForChild(parent.shard(), parent.writer())));
    }

    private AttachedLocation start(AttachedLocation parent, ShardId child, LocationConfig.Identity identity) {
        locations.acquire(child, ApiError.internal("Tenant " + child + " is already being modified"));
        LocationConfig config = new LocationConfig(
                LocationMode.AttachedSingle,
                parent.generation(),
                null,
                identity,
                parent.config().tenantConf());
        context.disk().putLocation(child, config);
        return AttachedLocation.attachChild(child, config, parent);
    }
}
