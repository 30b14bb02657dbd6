package dev.berth.scheduler.projection;

import org.jspecify.annotations.Nullable;

/**
 * An aggregate as the read model holds it and as it is now; null where it does not exist.
 *
 * @param whole nothing is known of what the read model holds: all rows are to be written anew
 */
record Change<T>(@Nullable T before, @Nullable T after, boolean whole) {
    static <T> Change<T> between(@Nullable T before, @Nullable T after) {
        return new Change<>(before, after, false);
    }

    static <T> Change<T> whole(@Nullable T after) {
        return new Change<>(null, after, true);
    }

    Change<T> to(@Nullable T newer) {
        return new Change<>(before, newer, whole);
    }
}
