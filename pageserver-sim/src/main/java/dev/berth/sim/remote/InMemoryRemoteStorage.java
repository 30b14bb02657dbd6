package dev.berth.sim.remote;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Remote storage for nodes of one process. */
public final class InMemoryRemoteStorage implements RemoteStorage {
    private static final int VERSIONS_MAX = 16;

    private record Version(long atMillis, byte @Nullable [] content, String etag) {}

    private final NavigableMap<String, Deque<Version>> objects = new ConcurrentSkipListMap<>();
    private final AtomicLong etags = new AtomicLong();

    @Override
    public void put(String key, byte[] content) {
        append(key, content);
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) {
        Deque<Version> versions = objects.computeIfAbsent(key, k -> new ArrayDeque<>(1));
        synchronized (versions) {
            Version last = versions.peekLast();
            if (last != null && last.content() != null) {
                return false;
            }
            versions.addLast(version(content));
            return true;
        }
    }

    @Override
    public Optional<RemoteObject> get(String key) {
        Deque<Version> versions = objects.get(key);
        if (versions == null) {
            return Optional.empty();
        }
        synchronized (versions) {
            Version last = versions.peekLast();
            return last == null || last.content() == null
                    ? Optional.empty()
                    : Optional.of(new RemoteObject(last.content(), last.atMillis(), last.etag()));
        }
    }

    @Override
    public List<String> list(String prefix) {
        List<String> keys = new ArrayList<>();
        for (String key : range(prefix).keySet()) {
            if (get(key).isPresent()) {
                keys.add(key);
            }
        }
        return keys;
    }

    @Override
    public List<String> children(String prefix) {
        List<String> names = new ArrayList<>();
        String from = prefix;
        while (true) {
            String key = objects.ceilingKey(from);
            if (key == null || !key.startsWith(prefix)) {
                return names;
            }
            int slash = key.indexOf('/', prefix.length());
            String name = key.substring(prefix.length(), slash < 0 ? key.length() : slash);
            boolean live = slash < 0
                    ? get(key).isPresent()
                    : range(prefix + name + "/").keySet().stream().anyMatch(k -> get(k).isPresent());
            if (live) {
                names.add(name);
            }
            from = slash < 0 ? key + '\0' : prefix + name + '0';
        }
    }

    @Override
    public void delete(String key) {
        if (get(key).isPresent()) {
            append(key, null);
        }
    }

    @Override
    public void timeTravel(String prefix, long toMillis, long doneIfAfterMillis) {
        range(prefix).forEach((key, versions) -> {
            synchronized (versions) {
                byte[] then = null;
                for (Version version : versions) {
                    if (version.atMillis() <= toMillis) {
                        then = version.content();
                    }
                }
                Version last = versions.peekLast();
                boolean isDone = last != null && last.atMillis() > doneIfAfterMillis;
                if (last != null && !isDone && last.content() != then) {
                    versions.addLast(version(then));
                }
            }
        });
    }

    private void append(String key, byte @Nullable [] content) {
        Deque<Version> versions = objects.computeIfAbsent(key, k -> new ArrayDeque<>(1));
        synchronized (versions) {
            versions.addLast(version(content));
            if (versions.size() > VERSIONS_MAX) {
                versions.removeFirst();
            }
        }
    }

    private Version version(byte @Nullable [] content) {
        return new Version(System.currentTimeMillis(), content, Long.toString(etags.incrementAndGet()));
    }

    private NavigableMap<String, Deque<Version>> range(String prefix) {
        return objects.subMap(prefix, true, prefix + '\uFFFF', false);
    }
}
