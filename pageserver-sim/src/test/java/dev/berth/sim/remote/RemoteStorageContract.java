package dev.berth.sim.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What both kinds of remote storage promise. */
abstract class RemoteStorageContract {
    abstract RemoteStorage storage();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String read(String key) {
        return storage()
                .get(key)
                .map(object -> new String(object.content(), StandardCharsets.UTF_8))
                .orElse("(absent)");
    }

    private static long nextMillis() {
        long now = System.currentTimeMillis();
        await().until(() -> System.currentTimeMillis() > now + 1);
        return System.currentTimeMillis();
    }

    @Test
    void keepsTheLastContentUntilItIsDeleted() {
        storage().put("tenants/a/x", bytes("1"));
        storage().put("tenants/a/x", bytes("2"));
        assertThat(read("tenants/a/x")).isEqualTo("2");

        storage().delete("tenants/a/x");
        storage().delete("tenants/a/x");

        assertThat(read("tenants/a/x")).isEqualTo("(absent)");
        assertThat(storage().list("tenants/")).isEmpty();
    }

    @Test
    void everyWriteChangesTheEtag() {
        storage().put("tenants/a/x", bytes("1"));
        String before = storage().get("tenants/a/x").orElseThrow().etag();
        storage().put("tenants/a/x", bytes("1"));

        assertThat(storage().get("tenants/a/x").orElseThrow().etag()).isNotEqualTo(before);
    }

    @Test
    void listsByPrefixAndChildrenByFolder() {
        List.of("tenants/a/1", "tenants/a/2/y", "tenants/ab/1", "tenants/b", "wal/a")
                .forEach(key -> storage().put(key, bytes(key)));
        storage().put("tenants/c/gone", bytes("x"));
        storage().delete("tenants/c/gone");

        assertThat(storage().list("tenants/a")).containsExactly("tenants/a/1", "tenants/a/2/y", "tenants/ab/1");
        assertThat(storage().list("tenants/a/")).containsExactly("tenants/a/1", "tenants/a/2/y");
        assertThat(storage().children("tenants/")).containsExactly("a", "ab", "b");
        assertThat(storage().children("tenants/a/")).containsExactly("1", "2");
        assertThat(storage().children("nothing/")).isEmpty();
    }

    @Test
    void onlyOneOfManyTakesAFreeKey() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> take = () -> storage().putIfAbsent("claims/a/1", bytes("x"));
            long winners = executor.invokeAll(Collections.nCopies(16, take)).stream()
                    .filter(Future::resultNow)
                    .count();
            assertThat(winners).isEqualTo(1);
        }
    }

    @Test
    void travelsBackInTime() {
        storage().put("tenants/a/kept", bytes("1"));
        storage().put("tenants/a/changed", bytes("1"));
        storage().put("tenants/a/deleted", bytes("1"));
        long then = nextMillis();
        nextMillis();
        storage().put("tenants/a/changed", bytes("2"));
        storage().put("tenants/a/changed", bytes("3"));
        storage().delete("tenants/a/deleted");
        storage().put("tenants/a/new", bytes("1"));
        storage().put("tenants/b/other", bytes("1"));

        storage().timeTravel("tenants/a/", then, Long.MAX_VALUE);

        assertThat(read("tenants/a/kept")).isEqualTo("1");
        assertThat(read("tenants/a/changed")).isEqualTo("1");
        assertThat(read("tenants/a/deleted")).isEqualTo("1");
        assertThat(read("tenants/a/new")).isEqualTo("(absent)");
        assertThat(read("tenants/b/other")).isEqualTo("1");
    }

    @Test
    void repeatedItLeavesWhatWasWrittenAfterIt() {
        storage().put("tenants/a/old", bytes("1"));
        long then = nextMillis();
        nextMillis();
        storage().put("tenants/a/old", bytes("2"));
        long done = nextMillis();
        nextMillis();
        storage().timeTravel("tenants/a/", then, done);
        assertThat(read("tenants/a/old")).isEqualTo("1");
        storage().put("tenants/a/old", bytes("3"));
        storage().put("tenants/a/new", bytes("1"));

        storage().timeTravel("tenants/a/", then, done);

        assertThat(read("tenants/a/old")).isEqualTo("3");
        assertThat(read("tenants/a/new")).isEqualTo("1");
    }

    @Test
    void writersThatRemoveAndMakeFoldersAtOnceDoNotDisturbEachOther() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> churn = () -> {
                for (int i = 0; i < 100; i++) {
                    String key = "tenants/a/t/" + Thread.currentThread().threadId();
                    storage().put(key, bytes("x"));
                    storage().delete(key);
                }
                return true;
            };
            for (Future<Boolean> done : executor.invokeAll(Collections.nCopies(8, churn))) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(storage().list("tenants/a/")).isEmpty();
    }
}
