package dev.berth.sim.remote;

class InMemoryRemoteStorageTest extends RemoteStorageContract {
    private final RemoteStorage storage = new InMemoryRemoteStorage();

    @Override
    RemoteStorage storage() {
        return storage;
    }
}
