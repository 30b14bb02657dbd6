package dev.berth.sim.node;

import dev.berth.sim.location.LocationConfig;

/** What a slot holds. */
sealed interface Location permits AttachedLocation, SecondaryLocation {
    LocationConfig config();

    /** Bytes of layers that lie on the disk. */
    long residentBytes();

    /** Bytes the location would like to have on the disk. */
    long wantedBytes();

    /** Work that is due by the clock. */
    void tick(long nowMillis);
}
