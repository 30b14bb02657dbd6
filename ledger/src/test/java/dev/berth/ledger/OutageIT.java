package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.model.ShardGeneration;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutageIT {
    private final TenantRows tenant = LedgerFixture.rows(1, 2);

    @TempDir
    private Path data;

    @Test
    void postgresGoesAndComesBackAndNothingIsLost() throws Exception {
        int port = freePort();
        List<OutboxRow> relayed = new CopyOnWriteArrayList<>();
        EmbeddedPostgres server = start(port);
        LedgerOptions options = LedgerOptions.of(server.getJdbcUrl("postgres", "postgres"), "outage")
                .withPatience(Duration.ofSeconds(1));
        try (Ledger ledger = Ledger.open(options, LedgerObserver.NONE)) {
            ledger.createCell(new CellIdentity("outage", 1, "kafka", "topic"));
            assertThat(bump(ledger, 1)).isEqualTo(LedgerFixture.issued(1));
            ledger.register(LedgerFixture.node(LedgerFixture.NODE_1));

            server.close();

            assertThatThrownBy(() -> bump(ledger, 2)).isExactlyInstanceOf(LedgerUnavailableException.class);
            assertThatThrownBy(ledger::cell).isExactlyInstanceOf(LedgerUnavailableException.class);
            try (OutboxRelay relay = ledger.startRelay(relayed::addAll);
                    EmbeddedPostgres again = start(port)) {
                await().atMost(Duration.ofSeconds(20))
                        .ignoreExceptionsInstanceOf(LedgerUnavailableException.class)
                        .untilAsserted(() -> assertThat(bump(ledger, 2)).isNotInstanceOf(BumpResult.Superseded.class));
                assertThat(bump(ledger, 2))
                        .isEqualTo(new BumpResult.AlreadyIssued(new Generation(2), LedgerFixture.NODE_1));
                assertThat(ledger.validate(
                                List.of(new ShardGeneration(LedgerFixture.shard(tenant, 0), new Generation(2)))))
                        .containsExactly(new Validation(LedgerFixture.shard(tenant, 0), true));
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(relayed).hasSize(1));
            }
        }
    }

    private BumpResult bump(Ledger ledger, long sequence) {
        return ledger.bump(List.of(LedgerFixture.bumpOf(tenant, 0, LedgerFixture.NODE_1, sequence)))
                .getFirst();
    }

    private EmbeddedPostgres start(int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data.resolve("postgres"))
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("fsync", "on")
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
