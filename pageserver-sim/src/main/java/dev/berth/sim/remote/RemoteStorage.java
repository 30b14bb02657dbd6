package dev.berth.sim.remote;

import java.util.List;
import java.util.Optional;

/**
 * An object store that all simulated pageservers of a fleet share. Keys are slash-separated paths. Puts are atomic and
 * visible at once; earlier versions are kept for time travel.
 */
public interface RemoteStorage {
    /** Stores or replaces an object. */
    void put(String key, byte[] content);

    /** Stores an object unless the key is taken; false when it was. */
    boolean putIfAbsent(String key, byte[] content);

    Optional<RemoteObject> get(String key);

    /** Keys that begin with the prefix, in order. */
    List<String> list(String prefix);

    /** The distinct next path segments below a prefix that ends with a slash, in order. */
    List<String> children(String prefix);

    /** Removes an object; nothing happens when it is not there. */
    void delete(String key);

    /**
     * Brings every object below the prefix back to what it was at a moment; objects made later are removed. What was written after
     * {@code doneIfAfterMillis} is left alone.
     */
    void timeTravel(String prefix, long toMillis, long doneIfAfterMillis);
}
