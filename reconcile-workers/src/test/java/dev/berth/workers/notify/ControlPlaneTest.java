package dev.berth.workers.notify;

import static dev.berth.workers.notify.NotifierFixture.TENANT;
import static dev.berth.workers.notify.NotifierFixture.mapping;
import static dev.berth.workers.notify.NotifierFixture.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.MappingReport.Result;
import dev.berth.sim.controlplane.MappingRecord;
import dev.berth.sim.controlplane.RecordingControlPlane;
import dev.berth.sim.controlplane.RecordingControlPlane.Behaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hook of the control plane over real HTTP (http-api 14). */
class ControlPlaneTest {
    private final RecordingControlPlane receiver = RecordingControlPlane.started();

    @AfterEach
    void stop() {
        receiver.close();
    }

    private ControlPlane target() {
        return target(Duration.ofSeconds(10));
    }

    private ControlPlane target(Duration timeout) {
        return new ControlPlane(receiver.baseUri(), null, timeout);
    }

    @Test
    void announcesAnUnshardedTenantWithoutAStripeSize() {
        assertThat(ControlPlane.body(mapping(1, 7)))
                .hasToString("{\"tenant_id\":\"" + TENANT + "\",\"preferred_az\":\"zone-b\",\"stripe_size\":null,"
                        + "\"shards\":[{\"node_id\":7,\"shard_number\":0}]}");
    }

    @Test
    void announcesAllShardsInOrder() {
        assertThat(ControlPlane.body(mapping(1, 9, -1)))
                .hasToString("{\"tenant_id\":\"" + TENANT + "\",\"preferred_az\":\"zone-b\",\"stripe_size\":2048,"
                        + "\"shards\":[{\"node_id\":9,\"shard_number\":0},"
                        + "{\"node_id\":18446744073709551615,\"shard_number\":1}]}");
    }

    @Test
    void putsToTheHookWithTheToken() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            seen.set(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        URI prefix = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hooks/");
        try (ControlPlane target = new ControlPlane(prefix, "secret")) {
            assertThat(target.tell(mapping(1, 7))).isEqualTo(MappingTarget.Told.APPLIED);
        } finally {
            server.stop(0);
        }

        assertThat(seen.get()).isEqualTo("PUT /hooks/notify-attach Bearer secret " + ControlPlane.body(mapping(1, 7)));
    }

    @ParameterizedTest
    @CsvSource({
        "200, ACKNOWLEDGED, false",
        "202, ACKNOWLEDGED, false",
        "400, FAILED, false",
        "401, FAILED, false",
        "403, FAILED, false",
        "404, FAILED, false",
        "423, BUSY, false",
        "429, FAILED, true",
        "500, FAILED, false",
        "502, FAILED, false",
        "503, FAILED, false",
        "504, FAILED, false"
    })
    void readsTheAnswer(int status, Result result, boolean slowDown) throws Exception {
        receiver.behave(new Behaviour.Status(status, -1));

        try (ControlPlane target = target()) {
            MappingTarget.Told told = target.tell(mapping(1, 7));
            assertThat(told.result()).isEqualTo(result);
            assertThat(told.slowDown()).isEqualTo(slowDown);
            assertThat(told.detail() == null).isEqualTo(result == Result.ACKNOWLEDGED);
        }
    }

    @Test
    void givesUpOnAReceiverThatDoesNotAnswer() {
        receiver.behave(new Behaviour.Hang());

        try (ControlPlane target = target(Duration.ofMillis(300))) {
            assertThatThrownBy(() -> target.tell(mapping(1, 7))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void oneTenantThatIsNotAnsweredHoldsUpNobody() {
        receiver.behave(TENANT.toString(), new Behaviour.Hang());
        try (NotifierFixture fixture = new NotifierFixture(target(Duration.ofSeconds(1))).caughtUp()) {
            fixture.tell(mapping(1, 7));
            for (int i = 2; i < 50; i++) {
                fixture.tell(mapping(tenant(i), 1, i, i + 1));
            }

            for (int i = 2; i < 50; i++) {
                String id = tenant(i).toString();
                long second = i + 1;
                await().until(() ->
                        receiver.nodeOf(id, 1).filter(node -> node == second).isPresent());
            }
            await().until(() -> fixture.reports.stream()
                    .anyMatch(report -> report.tenant().equals(TENANT) && report.result() == Result.FAILED));
            receiver.behave(TENANT.toString(), null);
            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(1L)));
        }
    }

    @Test
    void everythingIsToldOnceTheReceiverIsBack() {
        try (NotifierFixture fixture = new NotifierFixture(target()).caughtUp()) {
            receiver.stop();
            for (int i = 0; i < 50; i++) {
                fixture.tell(mapping(tenant(i), 1, 7));
            }
            await().until(() -> fixture.reports.stream()
                            .map(MappingReport::tenant)
                            .distinct()
                            .count()
                    == 50);
            for (int i = 0; i < 50; i++) {
                fixture.tell(mapping(tenant(i), 2, 8));
            }
            receiver.start();

            await().until(() -> fixture.notifier.lag().tenants() == 0);
            for (int i = 0; i < 50; i++) {
                assertThat(receiver.nodeOf(tenant(i).toString(), 0)).contains(8L);
                assertThat(fixture.acknowledged(tenant(i))).containsExactly(2L);
            }
        }
    }

    @Test
    void aLockedTenantIsToldAgainUntilItIsApplied() {
        receiver.behave(TENANT.toString(), new Behaviour.Status(423, 3));
        try (NotifierFixture fixture = new NotifierFixture(target()).caughtUp()) {
            fixture.tell(mapping(1, 7));

            await().until(() -> fixture.acknowledged(TENANT).equals(List.of(1L)));
            assertThat(receiver.history(TENANT.toString()))
                    .extracting(MappingRecord::status)
                    .containsExactly(423, 423, 423, 200);
            assertThat(fixture.reports)
                    .extracting(MappingReport::detail, MappingReport::attempts)
                    .containsExactly(
                            tuple("Control plane tenant busy", 1),
                            tuple("Control plane tenant busy", 2),
                            tuple(null, 0));
        }
    }
}
