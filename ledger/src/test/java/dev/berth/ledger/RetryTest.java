package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryTest extends LedgerFixture {
    private final TenantRows tenant = rows(1, 2);

    @Test
    void p9DeadlockIsRetried() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        bump(tenant, 1, NODE_1, 1);
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            // The victim is whoever waits longest for nothing: make the ledger notice first.
            statement.execute("SET deadlock_timeout = '1min'");
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM shard_generation WHERE number = 1 FOR UPDATE");
            Callable<BumpResult> bumps =
                    () -> ledger.bump(List.of(bumpOf(tenant, 0, NODE_2, 2), bumpOf(tenant, 1, NODE_2, 2)))
                            .getFirst();
            Callable<BumpResult> deadlock = () -> {
                awaitBlocked();
                statement.execute("SELECT 1 FROM shard_generation WHERE number = 0 FOR UPDATE");
                other.commit();
                return issued(0);
            };

            assertThat(BumpTest.together(List.of(bumps, deadlock))).contains(issued(2));
        }
        assertThat(retries).containsExactly("bump 40P01");
    }

    @Test
    void p9SerializationFailureIsRetriedAndThenSucceeds() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        failNextUpdates("40001", 3);

        assertThat(bump(tenant, 0, NODE_1, 2)).isEqualTo(issued(2));
        assertThat(retries).containsExactly("bump 40001", "bump 40001", "bump 40001");
    }

    @Test
    void p9ConflictsAreRetriedWithABound() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        failNextUpdates("40P01", 1000);

        assertThatThrownBy(() -> bump(tenant, 0, NODE_1, 2)).isExactlyInstanceOf(LedgerException.class);
        assertThat(retries).hasSize(20);
    }

    @Test
    void otherFailuresAreNotRetried() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        failNextUpdates("22012", 1);

        assertThatThrownBy(() -> bump(tenant, 0, NODE_1, 2)).isExactlyInstanceOf(LedgerException.class);
        assertThat(retries).isEmpty();
    }

    @Test
    void killedConnectionsAreReplacedUnseenByTheCaller() throws Exception {
        for (int round = 1; round <= 5; round++) {
            long sequence = round;
            List<Callable<BumpResult>> fillPool = IntStream.range(0, 8)
                    .<Callable<BumpResult>>mapToObj(n -> () -> bump(rows(10 + n, 0), 0, NODE_1, sequence))
                    .toList();
            assertThat(BumpTest.together(fillPool)).containsOnly(issued(round));

            killConnections();
        }
        assertThat(bump(tenant, 0, NODE_1, 1)).isEqualTo(issued(1));
    }

    @Test
    void killedInTheMiddleOfAStatementABumpIsIssuedOnce() throws Exception {
        bump(tenant, 0, NODE_1, 1);
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM shard_generation FOR UPDATE");
            List<Callable<@Nullable BumpResult>> races = new ArrayList<>();
            races.add(() -> bump(tenant, 0, NODE_2, 2));
            races.add(() -> {
                awaitBlocked();
                sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        + " AND application_name = 'berth-ledger " + options.cell() + "'");
                other.commit();
                return null;
            });

            assertThat(BumpTest.together(races)).contains(issued(2));
        }
        assertThat(retries).containsExactly("bump 57P01");
    }

    @Test
    void absentPostgresIsReportedAsUnavailableWithinTheBound() throws Exception {
        LedgerOptions nowhere = LedgerOptions.of("postgresql://postgres@127.0.0.1:1/postgres", "nowhere")
                .withPatience(Duration.ofMillis(300));
        Transactions transactions =
                new Transactions(new LedgerDatabase(nowhere).pool(), nowhere.patience(), LedgerObserver.NONE);
        try (transactions) {
            long begun = System.nanoTime();

            assertThatThrownBy(() -> new GenerationReads(transactions).readTenant(tenant.tenant()))
                    .isExactlyInstanceOf(LedgerUnavailableException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        }
        assertThatThrownBy(() -> Ledger.open(nowhere, LedgerObserver.NONE))
                .isExactlyInstanceOf(LedgerUnavailableException.class);
    }

    private void failNextUpdates(String sqlState, int times) throws Exception {
        sql("CREATE SEQUENCE failures");
        sql("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('failures') <= " + times
                + " THEN RAISE EXCEPTION 'injected' USING ERRCODE = '" + sqlState + "'; END IF; RETURN NEW; END $$");
        sql("CREATE TRIGGER fail BEFORE UPDATE ON shard_generation FOR EACH ROW EXECUTE FUNCTION fail()");
    }

    private void awaitBlocked() {
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !query(
                                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'berth-ledger "
                                        + options.cell() + "'")
                        .isEmpty());
    }
}
