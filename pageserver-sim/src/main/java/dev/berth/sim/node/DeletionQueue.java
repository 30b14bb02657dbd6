package dev.berth.sim.node;

import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.Claim;
import dev.berth.sim.remote.LayerRef;
import dev.berth.sim.remote.RemotePaths;
import dev.berth.sim.remote.RemoteTenants;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletions of remote objects that wait for the controller's word. They are collected in lists on disk; a list is executed
 * for those shards whose generation the controller calls the newest, and forgotten for all others, whose objects leak.
 */
final class DeletionQueue {
    private static final Logger LOG = LoggerFactory.getLogger(DeletionQueue.class);

    /** What one shard wants to delete in one generation. */
    record Entry(String shard, long generation, List<String> keys) {
        Entry {
            keys = List.copyOf(keys);
        }
    }

    /** A list as it lies on disk. */
    record DeletionList(List<Entry> entries) {
        DeletionList {
            entries = List.copyOf(entries);
        }
    }

    private record Owner(ShardId shard, long generation) {}

    private record LsnUpdate(Owner owner, long lsn, LongConsumer confirm) {}

    private final NodeContext context;
    private final @Nullable Upcalls upcalls;
    private final Map<Owner, List<String>> collected = new HashMap<>();
    private final SortedMap<Long, DeletionList> lists = new TreeMap<>();
    private final List<LsnUpdate> updates = new ArrayList<>();
    private final Set<Owner> wronglyValid = new HashSet<>();
    private final ReentrantLock executing = new ReentrantLock();
    private long nextSequence = 1;

    DeletionQueue(NodeContext context, @Nullable Upcalls upcalls) {
        this.context = context;
        this.upcalls = upcalls;
    }

    /** Takes up the lists of the process before; those of the generation just before the new one are adopted by it. */
    synchronized void recover(Map<ShardId, Long> attached) {
        context.disk().deletionLists().forEach((sequence, bytes) -> {
            DeletionList stored = RemoteTenants.parse(bytes, DeletionList.class);
            List<Entry> entries = stored.entries().stream()
                    .map(entry -> adopted(entry, attached))
                    .toList();
            lists.put(sequence, new DeletionList(entries));
            nextSequence = Math.max(nextSequence, sequence + 1);
        });
    }

    private static Entry adopted(Entry entry, Map<ShardId, Long> attached) {
        Long generation = attached.get(ShardId.parse(entry.shard()));
        if (generation == null || entry.generation() != generation - 1) {
            return entry;
        }
        // The generation before was this node's as well, so nobody was in between.
        return new Entry(entry.shard(), generation, entry.keys());
    }

    synchronized void push(ShardId shard, long generation, List<String> keys) {
        collected
                .computeIfAbsent(new Owner(shard, generation), owner -> new ArrayList<>())
                .addAll(keys);
    }

    /** Asks that an LSN be told to safekeepers once the generation is confirmed. */
    synchronized void pushLsn(ShardId shard, long generation, long lsn, LongConsumer confirm) {
        updates.add(new LsnUpdate(new Owner(shard, generation), lsn, confirm));
    }

    /** Writes what was collected to disk, as one list. */
    synchronized void flush() {
        if (collected.isEmpty()) {
            return;
        }
        List<Entry> entries = new ArrayList<>();
        collected.forEach((owner, keys) -> entries.add(new Entry(owner.shard().toString(), owner.generation(), keys)));
        DeletionList list = new DeletionList(entries);
        context.disk().putDeletionList(nextSequence, RemoteTenants.bytes(list));
        lists.put(nextSequence, list);
        nextSequence++;
        collected.clear();
    }

    synchronized int pending() {
        return collected.values().stream().mapToInt(List::size).sum()
                + lists.values().stream()
                        .flatMap(list -> list.entries().stream())
                        .mapToInt(entry -> entry.keys().size())
                        .sum();
    }

    /** Validates and executes what is on disk. Blocks while the controller does not answer. */
    void execute() throws InterruptedException {
        executing.lockInterruptibly();
        try {
            executeAll();
        } finally {
            executing.unlock();
        }
    }

    private void executeAll() throws InterruptedException {
        Map<Long, DeletionList> taken;
        List<LsnUpdate> takenUpdates;
        synchronized (this) {
            taken = new TreeMap<>(lists);
            takenUpdates = List.copyOf(updates);
            updates.clear();
        }
        if (taken.isEmpty() && takenUpdates.isEmpty()) {
            return;
        }
        Set<Owner> owners = new HashSet<>();
        taken.values()
                .forEach(list -> list.entries()
                        .forEach(entry -> owners.add(new Owner(ShardId.parse(entry.shard()), entry.generation()))));
        takenUpdates.forEach(update -> owners.add(update.owner()));
        Set<Owner> valid = validated(owners);
        taken.values().forEach(list -> list.entries().forEach(entry -> execute(entry, valid)));
        takenUpdates.stream()
                .filter(update -> valid.contains(update.owner()))
                .forEach(update -> update.confirm().accept(update.lsn()));
        context.disk().removeDeletionLists(taken.keySet());
        synchronized (this) {
            lists.keySet().removeAll(taken.keySet());
        }
    }

    private void execute(Entry entry, Set<Owner> valid) {
        ShardId shard = ShardId.parse(entry.shard());
        if (!valid.contains(new Owner(shard, entry.generation()))) {
            entry.keys().forEach(key -> context.journal().count("deletions_dropped"));
            return;
        }
        for (String key : entry.keys()) {
            checkHarm(shard, entry.generation(), key);
            context.remote().storage().delete(key);
            context.journal().count("deletions_executed");
        }
    }

    /** Asks for each generation of a shard in turn; a call carries one generation per shard. */
    private Set<Owner> validated(Set<Owner> owners) throws InterruptedException {
        Set<Owner> valid = new HashSet<>();
        Set<Owner> left = new HashSet<>(owners);
        while (!left.isEmpty()) {
            SortedMap<ShardId, Long> round = new TreeMap<>();
            left.forEach(owner -> round.putIfAbsent(owner.shard(), owner.generation()));
            long askedAt = System.currentTimeMillis();
            Map<ShardId, Boolean> answers = upcalls == null ? Map.of() : upcalls.validate(round);
            round.forEach((shard, generation) -> {
                Owner owner = new Owner(shard, generation);
                left.remove(owner);
                if (answers.getOrDefault(shard, false)) {
                    checkAnswer(owner, askedAt);
                    valid.add(owner);
                }
            });
        }
        return valid;
    }

    private void checkAnswer(Owner owner, long askedAt) {
        Claim newest = context.remote().newestClaim(owner.shard()).orElse(null);
        if (newest != null
                && newest.generation() > owner.generation()
                && newest.atMillis() < askedAt
                && wronglyValid.add(owner)) {
            context.journal()
                    .violation(
                            Violation.Kind.STALE_GENERATION_VALIDATED,
                            "shard %s: generation %d was called valid for node %d, but node %d had attached generation %d %d ms before the question"
                                    .formatted(
                                            owner.shard(),
                                            owner.generation(),
                                            context.node(),
                                            newest.node(),
                                            newest.generation(),
                                            askedAt - newest.atMillis()));
        }
    }

    private void checkHarm(ShardId shard, long generation, String key) {
        String rest = key.substring(RemotePaths.timelines(shard).length());
        String timeline = rest.substring(0, rest.indexOf('/'));
        for (String indexKey : context.remote().indexKeys(shard, timeline)) {
            long other = RemotePaths.generationOf(indexKey);
            if (other > generation && refersTo(shard, timeline, other, key)) {
                context.journal()
                        .violation(
                                Violation.Kind.HARMFUL_DELETION,
                                "node %d in generation %d of shard %s deletes %s, which the index of generation %d refers to"
                                        .formatted(context.node(), generation, shard, key, other));
                LOG.warn("harmful deletion node={} key={}", context.node(), key);
            }
        }
    }

    private boolean refersTo(ShardId shard, String timeline, long generation, String key) {
        return context.remote()
                .indexOf(shard, timeline, generation)
                .filter(index -> index.deletedAt() == null)
                .map(index -> index.layers().stream()
                        .map((LayerRef layer) -> RemotePaths.layer(shard, timeline, layer))
                        .anyMatch(key::equals))
                .orElse(false);
    }
}
