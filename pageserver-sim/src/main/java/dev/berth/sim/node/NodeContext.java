package dev.berth.sim.node;

import dev.berth.sim.fault.Knobs;
import dev.berth.sim.remote.RemoteTenants;
import java.util.UUID;

/** What all parts of one process share. */
record NodeContext(
        long node,
        NodeSettings settings,
        Knobs knobs,
        RemoteTenants remote,
        LocalDisk disk,
        Journal journal,
        Lifeline lifeline) {

    /** The node's own idea of the time. */
    long nowMillis() {
        return System.currentTimeMillis() + knobs.clockOffsetMillis().get();
    }

    String freshAttachment() {
        return UUID.randomUUID().toString();
    }
}
