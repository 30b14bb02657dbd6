package dev.berth.sim.fault;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Which directions of the network are cut: requests to the node, calls by the node. */
public final class Partition {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean inbound;
    private boolean outbound;

    public void set(boolean cutInbound, boolean cutOutbound) {
        lock.lock();
        try {
            inbound = cutInbound;
            outbound = cutOutbound;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public boolean inbound() {
        lock.lock();
        try {
            return inbound;
        } finally {
            lock.unlock();
        }
    }

    public boolean outbound() {
        lock.lock();
        try {
            return outbound;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when nothing stands between the caller and the node. */
    public void awaitInboundHealed() throws InterruptedException {
        lock.lock();
        try {
            while (inbound) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }
}
