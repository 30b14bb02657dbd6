package dev.berth.workers.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.event.AutomaticSplitsConsidered;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.workers.pageserver.Pageservers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SizeSurveyTest {
    private static final TenantShardId SMALL = new TenantShardId(new TenantId(1, 1), 0, 0);
    private static final TenantShardId LARGE = new TenantShardId(new TenantId(1, 2), 0, 4);
    private static final AutomaticSplitSettings BOTH = new AutomaticSplitSettings(Mode.ON, 64L, 16, 8L, 2, 4);
    private static final String NONE = "{\"shards\": []}";

    private final HeapControllerState state = new HeapControllerState();
    private final Pageservers pageservers = new Pageservers(null);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LinkedBlockingQueue<ReportShardSizes> reports = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<HttpServer> servers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private @Nullable SizeSurvey survey;

    @AfterEach
    void close() {
        if (survey != null) {
            survey.close();
        }
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
        pageservers.close();
    }

    /** An available node that answers like this to what it is asked. */
    private void node(int id, Function<String, String> answers) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/v1/top_tenants", exchange -> {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                asked.add(body);
                byte[] answer = answers.apply(body).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer.length == 0 ? 500 : 200, answer.length == 0 ? -1 : answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
            servers.add(server);
            ControllerEvolver.evolve(
                    state,
                    new NodeRegistered(new NodeRegistration(
                            NodeId.of(id),
                            "pg",
                            6400,
                            "127.0.0.1",
                            server.getAddress().getPort(),
                            null,
                            null,
                            null,
                            "a")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ControllerEvolver.evolve(state, new NodeAvailabilityChanged(NodeId.of(id), NodeAvailability.ACTIVE, "test", 0));
    }

    private static String shards(TenantShardId shard, long bytes) {
        return "{\"shards\": [{\"id\": \"" + shard
                + "\", \"resident_size\": 1, \"physical_size\": 1, \"max_logical_size\": " + bytes
                + ", \"max_logical_size_per_shard\": 1}]}";
    }

    private void begin(AutomaticSplitSettings settings, OptionalLong epoch) {
        survey = new SizeSurvey(
                pageservers,
                () -> state,
                () -> epoch,
                new SizeSurvey.Options(settings, Duration.ofMillis(10)),
                threads,
                this::take);
    }

    private void take(Command command) {
        ReportShardSizes report = (ReportShardSizes) command;
        ControllerEvolver.evolve(state, new AutomaticSplitsConsidered(report.settings(), List.of(), 1));
        reports.add(report);
    }

    /** A round in which a node of a stalled machine did not answer in time is not the one that is waited for. */
    private void awaitSizes(ShardSize... sizes) {
        ReportShardSizes wanted = new ReportShardSizes(7, BOTH, List.of(sizes));
        await().atMost(Duration.ofSeconds(60)).until(() -> reports.contains(wanted));
    }

    private ReportShardSizes next() throws InterruptedException {
        ReportShardSizes report = reports.poll(30, TimeUnit.SECONDS);
        assertThat(report).isNotNull();
        return report;
    }

    @Test
    void asksForBothKindsAndReportsTheLargestFirstAndEachOnce() {
        node(1, body -> body.contains("per_shard") ? shards(LARGE, 500) : shards(SMALL, 9));
        node(2, body -> body.contains("per_shard") ? shards(LARGE, 400) : NONE);
        begin(BOTH, OptionalLong.of(7));

        awaitSizes(new ShardSize(LARGE, 500), new ShardSize(SMALL, 9));
        assertThat(asked)
                .contains(
                        "{\"order_by\":\"max_logical_size\",\"limit\":10,\"where_shards_lt\":2,\"where_gt\":8}",
                        "{\"order_by\":\"max_logical_size_per_shard\",\"limit\":10,\"where_shards_lt\":16,\"where_gt\":64}");
    }

    @Test
    void aPageserverThatFailsIsAskedAgainAndLeftOut() {
        node(1, body -> "");
        node(2, body -> body.contains("per_shard") ? shards(LARGE, 400) : "no json");
        begin(BOTH, OptionalLong.of(7));

        awaitSizes(new ShardSize(LARGE, 400));
        assertThat(asked.stream()
                        .filter(body -> body.contains("\"max_logical_size\""))
                        .count())
                .isGreaterThanOrEqualTo(6);
    }

    @Test
    void whatIsNotAvailableIsNotAsked() {
        node(1, body -> shards(LARGE, 500));
        node(2, body -> shards(SMALL, 500));
        ControllerEvolver.evolve(state, new NodeAvailabilityChanged(NodeId.of(1), NodeAvailability.OFFLINE, "test", 0));
        begin(BOTH, OptionalLong.of(7));

        awaitSizes(new ShardSize(SMALL, 500));
        assertThat(reports).noneMatch(report -> report.shards().contains(new ShardSize(LARGE, 500)));
    }

    @Test
    void whereNothingIsLargeTheSettingsAreToldOnce() throws Exception {
        node(1, body -> NONE);
        begin(BOTH, OptionalLong.of(7));

        assertThat(next()).isEqualTo(new ReportShardSizes(7, BOTH, List.of()));
        int before = asked.size();
        await().atMost(Duration.ofSeconds(30)).until(() -> asked.size() > before + 6);
        assertThat(reports).isEmpty();
    }

    @Test
    void turnedOffItAsksNobodyAndSaysSoOnce() throws Exception {
        node(1, body -> shards(LARGE, 500));
        ControllerEvolver.evolve(state, new AutomaticSplitsConsidered(BOTH, List.of(), 1));
        begin(new AutomaticSplitSettings(Mode.ON, 64L, 1, 8L, 2, 4), OptionalLong.of(7));

        assertThat(next()).isEqualTo(new ReportShardSizes(7, AutomaticSplitSettings.OFF, List.of()));
        assertThat(asked).isEmpty();
    }

    @Test
    void p18OnlyTheProberAsks() throws Exception {
        node(1, body -> shards(LARGE, 500));
        CountDownLatch looked = new CountDownLatch(5);
        survey = new SizeSurvey(
                pageservers,
                () -> state,
                () -> {
                    looked.countDown();
                    return OptionalLong.empty();
                },
                new SizeSurvey.Options(BOTH, Duration.ofMillis(1)),
                threads,
                this::take);

        assertThat(looked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(asked).isEmpty();
        assertThat(reports).isEmpty();
    }
}
