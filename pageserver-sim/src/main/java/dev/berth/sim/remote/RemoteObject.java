package dev.berth.sim.remote;

/**
 * One stored object.
 *
 * @param content its bytes, never changed after reading
 * @param modifiedMillis when it was written
 * @param etag changes with every write
 */
@SuppressWarnings("ArrayRecordComponent")
public record RemoteObject(byte[] content, long modifiedMillis, String etag) {}
