package dev.berth.sim.node;

import dev.berth.sim.http.ApiError;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.LocationMode;
import dev.berth.sim.location.ShardId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of a node. A slot that is being changed, or that was made to be stuck, is busy: it shows no config, and other
 * changes are turned away.
 */
final class Locations {
    private static final Duration FLUSH_TIME_MAX = Duration.ofSeconds(10);

    private record Slot(@Nullable Location location, boolean busy) {}

    private final NodeContext context;
    private final DeletionQueue deletions;
    private final ConcurrentHashMap<ShardId, Slot> slots = new ConcurrentHashMap<>();
    private final Set<ShardId> stuck;

    Locations(NodeContext context, DeletionQueue deletions, Set<ShardId> stuck) {
        this.context = context;
        this.deletions = deletions;
        this.stuck = stuck;
    }

    /** Starts what the answer to re-attach, or the disk, says. */
    void start(ShardId shard, LocationConfig config) {
        Location location = config.mode().isAttached()
                ? AttachedLocation.attach(shard, config, context, deletions)
                : new SecondaryLocation(shard, config, context);
        slots.put(shard, new Slot(location, false));
        context.journal().changed(shard, config.mode().name(), config.generation(), "start");
    }

    /** All slots in shard order; empty where a slot is busy. */
    Map<ShardId, Optional<LocationConfig>> list() {
        Map<ShardId, Optional<LocationConfig>> listed = new TreeMap<>();
        slots.forEach((shard, slot) -> listed.put(shard, visible(shard, slot).map(Location::config)));
        return listed;
    }

    /** Null when there is no slot, empty when it is busy. */
    @Nullable
    Optional<LocationConfig> configOf(ShardId shard) {
        Slot slot = slots.get(shard);
        return slot == null ? null : visible(shard, slot).map(Location::config);
    }

    private Optional<Location> visible(ShardId shard, Slot slot) {
        return slot.busy() || stuck.contains(shard) ? Optional.empty() : Optional.ofNullable(slot.location());
    }

    boolean contains(ShardId shard) {
        return slots.containsKey(shard);
    }

    int size() {
        return slots.size();
    }

    void forEach(Consumer<Location> action) {
        slots.values().forEach(slot -> {
            Location location = slot.location();
            if (!slot.busy() && location != null) {
                action.accept(location);
            }
        });
    }

    /** An active attached shard, waiting a while for one that is not active yet. */
    AttachedLocation attached(ShardId shard) throws InterruptedException {
        Slot slot = slots.get(shard);
        if (slot != null && (slot.busy() || stuck.contains(shard))) {
            throw ApiError.unavailable("Shard state unknown: location is being changed");
        }
        if (slot == null || !(slot.location() instanceof AttachedLocation attached)) {
            throw ApiError.notFound("tenant " + shard);
        }
        long wait = attached.inactiveMillis();
        long bound = context.settings().activationWait().toMillis();
        Thread.sleep(Math.min(wait, bound));
        if (wait > bound) {
            throw ApiError.unavailable(
                    "Tenant not active yet: Timed out waiting " + bound + " ms for tenant active state");
        }
        return attached;
    }

    SecondaryLocation secondary(ShardId shard) {
        Slot slot = slots.get(shard);
        if (slot == null || slot.busy() || !(slot.location() instanceof SecondaryLocation secondary)) {
            throw ApiError.notFound("Shard " + shard + " not found");
        }
        return secondary;
    }

    /** Every attached shard that is not busy. */
    void forEachAttached(Consumer<AttachedLocation> action) {
        forEach(location -> {
            if (location instanceof AttachedLocation attached) {
                action.accept(attached);
            }
        });
    }

    /** Makes a location what the request says. True if the shard is attached afterwards. */
    boolean upsert(ShardId shard, LocationConfig wanted, Optional<Duration> flush) throws InterruptedException {
        check(wanted);
        if (wanted.identity().count() != shard.count() || wanted.identity().number() != shard.number()) {
            context.journal().count("mismatched_identities");
        }
        if (wanted.mode() == LocationMode.Detached) {
            detach(shard);
            return false;
        }
        LocationConfig config = wanted.stored();
        Location current = acquire(shard, ApiError.conflict("Tenant " + shard + " is already being modified"));
        Location next = current;
        try {
            Thread.sleep(context.knobs().attachMillis().get());
            next = changed(shard, current, config, flush);
            context.disk().putLocation(shard, next.config());
        } finally {
            release(shard, next);
        }
        context.journal().changed(shard, config.mode().name(), config.generation(), "request");
        return config.mode().isAttached();
    }

    private static void check(LocationConfig wanted) {
        LocationConfig.Identity identity = wanted.identity();
        if (wanted.mode() == LocationMode.Detached) {
            return;
        }
        if (wanted.mode().isAttached() && wanted.generation() == null) {
            throw ApiError.badRequest("Generation must be set when attaching");
        }
        if (!wanted.mode().isAttached() && wanted.generation() != null) {
            throw ApiError.badRequest("Condition failed: `conf.generation.is_none()`");
        }
        if (identity.count() > 0 && identity.number() >= identity.count()) {
            throw ApiError.of(400, "InvalidNumber");
        }
        if (identity.count() > 0 && identity.stripe() == 0) {
            throw ApiError.of(400, "InvalidStripeSize");
        }
    }

    private Location changed(ShardId shard, @Nullable Location current, LocationConfig config, Optional<Duration> flush)
            throws InterruptedException {
        return switch (current) {
            case AttachedLocation attached when config.mode().isAttached() -> reattached(attached, config, flush);
            case SecondaryLocation secondary
            when config.mode() == LocationMode.Secondary -> {
                secondary.reconfigure(config);
                yield secondary;
            }
            case AttachedLocation attached -> {
                attached.saveLayers();
                yield fresh(shard, config);
            }
            case SecondaryLocation _ -> fresh(shard, config);
            case null -> fresh(shard, config);
        };
    }

    private Location reattached(AttachedLocation attached, LocationConfig config, Optional<Duration> flush)
            throws InterruptedException {
        long generation = config.attachedGeneration();
        if (generation < attached.generation()) {
            throw ApiError.badRequest(
                    "Generation %08x is less than existing %08x".formatted(generation, attached.generation()));
        }
        if (generation > attached.generation()) {
            attached.saveLayers();
            return fresh(attached.shard(), config.withIdentity(attached.config().identity()));
        }
        if (flush.isPresent() && attached.config().mode().mayUpload()) {
            flush(attached, config, flush.get());
        }
        attached.reconfigure(config);
        return attached;
    }

    private void flush(AttachedLocation attached, LocationConfig config, Duration bound) throws InterruptedException {
        Duration time = bound.compareTo(FLUSH_TIME_MAX) < 0 ? bound : FLUSH_TIME_MAX;
        if (config.mode() == LocationMode.AttachedStale) {
            if (context.knobs().uploadsStalled()) {
                Thread.sleep(time);
                return;
            }
            attached.flush();
        }
        if (!context.knobs().uploadsStalled()) {
            attached.uploadHeatmap();
        }
    }

    private Location fresh(ShardId shard, LocationConfig config) {
        return config.mode().isAttached()
                ? AttachedLocation.attach(shard, config, context, deletions)
                : new SecondaryLocation(shard, config, context);
    }

    /** Removes slot and directory; nothing there is fine. */
    void detach(ShardId shard) throws InterruptedException {
        boolean known = slots.containsKey(shard);
        acquire(shard, ApiError.unavailable("Tenant " + shard + " is busy: location is being changed"));
        try {
            Thread.sleep(known ? context.knobs().attachMillis().get() : 0);
            context.disk().removeLocation(shard);
        } finally {
            release(shard, null);
        }
        if (known) {
            context.journal().changed(shard, LocationMode.Detached.name(), null, "request");
        }
    }

    /** Takes the slot, or throws the given error when somebody else has it. */
    @Nullable
    Location acquire(ShardId shard, ApiError busy) {
        AtomicReference<@Nullable Location> held = new AtomicReference<>();
        if (stuck.contains(shard)) {
            throw busy;
        }
        slots.compute(shard, (id, slot) -> {
            if (slot != null && slot.busy()) {
                throw busy;
            }
            Location location = slot == null ? null : slot.location();
            held.set(location);
            return new Slot(location, true);
        });
        return held.get();
    }

    /** Gives the slot back with what it holds now; nothing removes it. */
    void release(ShardId shard, @Nullable Location location) {
        if (location == null) {
            slots.remove(shard);
        } else {
            slots.put(shard, new Slot(location, false));
        }
    }
}
