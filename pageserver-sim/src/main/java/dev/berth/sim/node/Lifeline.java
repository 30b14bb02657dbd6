package dev.berth.sim.node;

import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.remote.RemoteObject;
import dev.berth.sim.remote.RemoteStorage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Ties disk and remote storage to the life of one process. After {@link #cut()} nothing that a thread of the dead
 * process still does can reach them, as if it had been killed.
 */
final class Lifeline {
    /** Thrown at what is left of a dead process. */
    static final class Cut extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cut() {
            super("the process has ended", null, false, false);
        }
    }

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean isCut;

    /** Returns when nothing is being written any more. */
    void cut() {
        lock.writeLock().lock();
        try {
            isCut = true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    boolean isCut() {
        lock.readLock().lock();
        try {
            return isCut;
        } finally {
            lock.readLock().unlock();
        }
    }

    private <T> T alive(Supplier<T> action) {
        lock.readLock().lock();
        try {
            if (isCut) {
                throw new Cut();
            }
            return action.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void alive(Runnable action) {
        alive(() -> {
            action.run();
            return true;
        });
    }

    RemoteStorage guard(RemoteStorage storage) {
        return new RemoteStorage() {
            @Override
            public void put(String key, byte[] content) {
                alive(() -> storage.put(key, content));
            }

            @Override
            public boolean putIfAbsent(String key, byte[] content) {
                return alive(() -> storage.putIfAbsent(key, content));
            }

            @Override
            public Optional<RemoteObject> get(String key) {
                return storage.get(key);
            }

            @Override
            public List<String> list(String prefix) {
                return storage.list(prefix);
            }

            @Override
            public List<String> children(String prefix) {
                return storage.children(prefix);
            }

            @Override
            public void delete(String key) {
                alive(() -> storage.delete(key));
            }

            @Override
            public void timeTravel(String prefix, long toMillis, long doneIfAfterMillis) {
                alive(() -> storage.timeTravel(prefix, toMillis, doneIfAfterMillis));
            }
        };
    }

    LocalDisk guard(LocalDisk disk) {
        return new LocalDisk() {
            @Override
            public Map<ShardId, LocationConfig> locations() {
                return alive(disk::locations);
            }

            @Override
            public void putLocation(ShardId shard, LocationConfig config) {
                alive(() -> disk.putLocation(shard, config));
            }

            @Override
            public Map<String, Long> layers(ShardId shard) {
                return alive(() -> disk.layers(shard));
            }

            @Override
            public void putLayers(ShardId shard, Map<String, Long> layers) {
                alive(() -> disk.putLayers(shard, layers));
            }

            @Override
            public void removeLocation(ShardId shard) {
                alive(() -> disk.removeLocation(shard));
            }

            @Override
            public SortedMap<Long, byte[]> deletionLists() {
                return alive(disk::deletionLists);
            }

            @Override
            public void putDeletionList(long sequence, byte[] list) {
                alive(() -> disk.putDeletionList(sequence, list));
            }

            @Override
            public void removeDeletionLists(Set<Long> sequences) {
                alive(() -> disk.removeDeletionLists(sequences));
            }

            @Override
            public void wipe() {
                alive(disk::wipe);
            }
        };
    }
}
