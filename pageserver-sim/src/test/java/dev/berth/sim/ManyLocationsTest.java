package dev.berth.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManyLocationsTest {
    private static final int SHARDS = 5_000;

    private static String tenant(int index) {
        return "%032x".formatted(index);
    }

    @Test
    void thousandsOfLocationsAreAttachedListedAndReattached() throws Exception {
        try (FakeController controller = new FakeController();
                SimFleet fleet = SimFleet.inMemory();
                ExecutorService callers = Executors.newFixedThreadPool(16)) {
            SimulatedPageserver node = fleet.add(NodeOptions.of(1).withController(controller.uri()));
            fleet.startAll().awaitReady(Duration.ofSeconds(10));
            ApiClient client = new ApiClient(node.baseUri());

            long begin = System.nanoTime();
            var attached = callers.invokeAll(IntStream.range(0, SHARDS)
                    .<java.util.concurrent.Callable<Integer>>mapToObj(index ->
                            () -> client.attach(tenant(index), controller.issue(1, tenant(index)))
                                    .status())
                    .toList());
            System.out.printf("attached %d in %d ms%n", SHARDS, (System.nanoTime() - begin) / 1_000_000);
            for (Future<Integer> status : attached) {
                assertThat(status.get()).isEqualTo(200);
            }
            assertThat(client.get("/v1/location_config").body().path("tenant_shards"))
                    .hasSize(SHARDS);

            begin = System.nanoTime();
            node.restart(SimulatedPageserver.Restart.WITH_DISK);
            await().atMost(Duration.ofSeconds(30)).until(node::isReady);
            System.out.printf("re-attached %d in %d ms%n", SHARDS, (System.nanoTime() - begin) / 1_000_000);
            assertThat(client.get("/v1/location_config/" + tenant(17))
                            .body()
                            .path("generation")
                            .asLong())
                    .isEqualTo(2);
            assertThat(fleet.violations()).isEmpty();
        }
    }
}
