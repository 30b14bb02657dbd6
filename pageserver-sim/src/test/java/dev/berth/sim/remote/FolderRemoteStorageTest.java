package dev.berth.sim.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderRemoteStorageTest extends RemoteStorageContract {
    @TempDir
    private Path folder;

    private RemoteStorage storage;

    @BeforeEach
    void open() {
        storage = new FolderRemoteStorage(folder);
    }

    @Override
    RemoteStorage storage() {
        return storage;
    }

    @Test
    void aSecondProcessSeesTheSameObjects() {
        storage.put("tenants/a/x", new byte[] {1});

        assertThat(new FolderRemoteStorage(folder).get("tenants/a/x"))
                .hasValueSatisfying(object -> assertThat(object.content()).containsExactly(1));
    }
}
