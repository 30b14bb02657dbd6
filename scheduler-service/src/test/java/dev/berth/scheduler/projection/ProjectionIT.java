package dev.berth.scheduler.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.ledger.CellIdentity;
import dev.berth.ledger.EndedOperations;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.LedgerObserver;
import dev.berth.ledger.LedgerOptions;
import dev.berth.ledger.PlacementDecisions;
import dev.berth.ledger.ProjectionBatch;
import dev.berth.ledger.TestPostgres;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.query.CellView;
import dev.berth.scheduler.query.FakeCellLog;
import dev.berth.scheduler.query.RandomHistory;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.wire.MessageCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProjectionIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final LedgerOptions options = TestPostgres.newCell();
    private final FakeCellLog log = new FakeCellLog();
    private final RandomHistory history = new RandomHistory(17, 2_500);
    private final JdbcProjectedRows rows = JdbcProjectedRows.of(options);
    private Ledger ledger;
    private CellView view;
    private Projector projector;

    @BeforeEach
    void open() {
        ledger = Ledger.open(options, LedgerObserver.NONE);
        ledger.createCell(new CellIdentity(options.cell(), 77, "kafka", "topic"));
    }

    @AfterEach
    void close() {
        stop();
        ledger.close();
    }

    @Test
    void readModelEqualsTheStateThroughRestarts() throws Exception {
        log.append(history.next(20_000));
        start();
        log.append(history.next(500));
        stop();
        log.append(history.next(3_000));
        start();
        for (int i = 0; i < 20; i++) {
            log.append(history.next(100));
        }
        awaitApplied();

        ReadModelAudit.Findings findings = ReadModelAudit.run(view, rows);

        assertThat(findings.differences()).isEmpty();
        assertThat(findings.undecided()).isEmpty();
        assertThat(history.ended()).hasSizeGreaterThan(500);
        assertThat(ended(new EndedOperations.Query(null, null, null, null, null, null, 10_000)))
                .extracting(OperationEnded::operation)
                .containsExactlyElementsOf(history.ended().reversed());
        OperationId first = history.ended().first();
        assertThat(ended(EndedOperations.Query.of(first)))
                .singleElement()
                .satisfies(end -> assertThat(end.summary().acceptedAtMs()).isPositive());
        assertThat(findings.compared())
                .isEqualTo(view.state().tenants().size() + view.state().nodes().size());
        assertThat(view.state().tenants()).hasSizeGreaterThan(1_000);
    }

    @Test
    void auditFindsWhatDiffersAndNothingElseWhileBothGoOn() throws Exception {
        log.append(history.next(3_000));
        start();
        awaitApplied();
        TenantId damaged = view.state().tenants().firstKey();
        projector.close();
        long position = ledger.cell().orElseThrow().appliedPosition();
        ledger.project(new ProjectionBatch(
                position + 1, -1, List.of(damaged), List.of(), List.of(), List.of(), List.of(), List.of()));

        ReadModelAudit.Findings findings = ReadModelAudit.run(view, rows);

        assertThat(findings.differences())
                .singleElement()
                .asString()
                .contains(damaged.toString(), "read model has null");
        assertThat(findings.undecided()).isEmpty();
    }

    /** Where each shard is, its newest decision says, whichever process has written it. */
    @Test
    void decisionsAboutPlacementAreRecordedThroughRestarts() throws Exception {
        for (int life = 0; life < 3; life++) {
            log.append(history.next(2_000));
            start();
            log.append(history.next(300));
            if (life < 2) {
                stop();
            }
        }
        awaitApplied();

        int compared = 0;
        for (Tenant tenant : view.state().tenants().values()) {
            for (Shard shard : tenant.shards()) {
                ShardPlaced newest = newestDecision(tenant.shardId(shard.number()));
                assertThat(newest.attached()).isEqualTo(shard.attached());
                assertThat(newest.secondaries()).isEqualTo(shard.secondaries());
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(300);
    }

    private ShardPlaced newestDecision(TenantShardId shard) {
        PlacementDecisions.Decision decision =
                ledger.placementDecision(shard, Long.MAX_VALUE, Long.MAX_VALUE).decision();
        assertThat(decision).as("%s", shard).isNotNull();
        return (ShardPlaced) MessageCodec.decodeEvent(decision.documents().getLast());
    }

    private List<OperationEnded> ended(EndedOperations.Query query) {
        return ledger.endedOperations(query).documents().stream()
                .map(MessageCodec::decodeEvent)
                .map(OperationEnded.class::cast)
                .toList();
    }

    private void start() throws Exception {
        view = CellView.start(log, "test", 100);
        view.ready().get(60, TimeUnit.SECONDS);
        projector = Projector.start(view, new LedgerReadModel(ledger));
    }

    private void stop() {
        projector.close();
        view.close();
    }

    private void awaitApplied() {
        Awaitility.await()
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(10))
                .until(() ->
                        projector.appliedPosition() >= history.state().cell().position());
    }
}
