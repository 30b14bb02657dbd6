package dev.berth.workflows.host;

import static dev.berth.workflows.bed.TestBed.IDS;
import static dev.berth.workflows.bed.TestBed.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.workflows.bed.TestBed;
import io.temporal.testserver.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Temporal comes late, goes away and comes back with or without its memory; operations are carried out all the same. */
class WorkflowHostTest {
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static WorkflowHost host(Link link, TestBed bed) {
        return WorkflowHost.start(
                new HostOptions(
                        "127.0.0.1:" + link.port(),
                        HostOptions.NAMESPACE_DEFAULT,
                        IDS,
                        "test",
                        HostOptions.SECONDARY_LAG_BYTES_DEFAULT),
                bed.operations());
    }

    private static AutoCloseable temporal(int port) {
        return TestServer.createPortBoundServer(port, true);
    }

    private static void awaitCompleted(TestBed bed) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bed.cell.ending())
                        .as(() -> "calls " + bed.journal.calls())
                        .isEqualTo("completed"));
        assertThat(bed.ledger.issued()).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void carriesOutWhatWasAcceptedOnceTemporalIsThere() throws Exception {
        int port = freePort();
        try (TestBed bed = TestBed.ofMigration();
                Link link = new Link();
                WorkflowHost host = host(link, bed)) {
            await().atMost(PATIENCE).until(() -> host.obstacle() != null);
            assertThat(bed.journal.calls()).isEmpty();

            try (AutoCloseable temporal = temporal(port)) {
                link.leadTo(port);

                await().atMost(PATIENCE).until(() -> host.obstacle() == null);
                awaitCompleted(bed);
            }
        }
    }

    @Test
    void goesOnWhenTemporalIsBack() throws Exception {
        int port = freePort();
        try (TestBed bed = TestBed.ofMigration();
                AutoCloseable temporal = temporal(port);
                Link link = new Link()) {
            link.leadTo(port);
            bed.pageservers.warm(false);
            try (WorkflowHost host = host(link, bed)) {
                await().atMost(PATIENCE).until(() -> bed.journal.count("POST 2 download") > 1);
                link.cut();
                bed.pageservers.warm(true);

                link.leadTo(port);

                awaitCompleted(bed);
            }
        }
    }

    @Test
    void beginsAgainWhenTemporalHasLostItsMemory() throws Exception {
        int port = freePort();
        int other = freePort();
        try (TestBed bed = TestBed.ofMigration();
                Link link = new Link();
                WorkflowHost host = host(link, bed)) {
            bed.pageservers.warm(false);
            try (AutoCloseable temporal = temporal(port)) {
                link.leadTo(port);
                await().atMost(PATIENCE).until(() -> bed.journal.count("POST 2 download") > 1);
                link.cut();
            }
            bed.pageservers.warm(true);
            bed.cell.idle(Duration.ofSeconds(31));

            try (AutoCloseable temporal = temporal(other)) {
                // Refused for an attribute, the server in memory keeps half a workflow.
                SearchAttributeSetup.ensure("127.0.0.1:" + other, HostOptions.NAMESPACE_DEFAULT);
                link.leadTo(other);

                awaitCompleted(bed);
            }
        }
    }
}
