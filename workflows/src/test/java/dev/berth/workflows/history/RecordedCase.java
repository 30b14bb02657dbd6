package dev.berth.workflows.history;

import static dev.berth.workflows.bed.TestBed.DESTINATION;
import static dev.berth.workflows.bed.TestBed.ORIGIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSteering.Action;
import dev.berth.workflows.bed.TestBed;
import dev.berth.workflows.common.OperationResult.Ending;
import dev.berth.workflows.common.Progress;
import dev.berth.workflows.port.Journal.Answered;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The cases of which each version keeps a history; together they take every way through the workflows. */
enum RecordedCase {
    MIGRATE_WARM(TestBed::ofMigration, bed -> {}, Ending.COMPLETED),
    MIGRATE_TO_SECONDARY(() -> TestBed.ofMigration().withSecondary(), bed -> {}, Ending.COMPLETED),
    MIGRATE_COLD(
            () -> TestBed.ofMigration(new MigrationOrder(DESTINATION, ORIGIN, false, false, 300_000, 20_000)),
            bed -> {},
            Ending.COMPLETED),
    /** Two bounds are in it: of the warm-up, which passes, and of the destination to catch up, which does not. */
    MIGRATE_STAYS_COLD(
            () -> TestBed.ofMigration(new MigrationOrder(DESTINATION, ORIGIN, false, true, 10_000, 20_000)),
            RecordedCase::staysCold,
            Ending.COMPLETED),
    MIGRATE_WITH_WAITS(TestBed::ofMigration, RecordedCase::waits, Ending.COMPLETED),
    MIGRATE_PAUSED(TestBed::ofMigration, RecordedCase::pauses, Ending.COMPLETED),
    MIGRATE_STEERED(TestBed::ofMigration, RecordedCase::steers, Ending.COMPLETED),
    MIGRATE_STAY_LEFT(TestBed::ofMigration, RecordedCase::pausesWhileStaying, Ending.COMPLETED),
    MIGRATE_UNANSWERED(TestBed::ofMigration, RecordedCase::unanswered, Ending.COMPLETED),
    MIGRATE_SUPERSEDED(
            TestBed::ofMigration,
            bed -> bed.journal.once("PUT 2 AttachedMulti", () -> bed.cell.handOver("another run")),
            Ending.COMPLETED),
    MIGRATE_PREEMPTED(
            TestBed::ofMigration,
            bed -> bed.journal.once("POST 2 wait_lsn", () -> bed.cell.preempt("node 1 went offline")),
            Ending.ABORTED),
    MIGRATE_ABORTED_WARMING(
            TestBed::ofMigration,
            bed -> bed.journal.once("POST 2 download", () -> bed.abortAndHold("recorded")),
            Ending.ABORTED),
    MIGRATE_ABORTED_FROZEN(
            TestBed::ofMigration,
            bed -> bed.journal.once("PUT 1 AttachedStale", () -> bed.abortAndHold("recorded")),
            Ending.ABORTED),
    MIGRATE_ABORTED_ISSUED(TestBed::ofMigration, RecordedCase::attachmentRefused, Ending.ABORTED),
    DELETE_AT_ONCE(TestBed::ofDeletion, bed -> {}, Ending.COMPLETED),
    DELETE_WITH_WAITS(TestBed::ofDeletion, RecordedCase::deletionWaits, Ending.COMPLETED),
    DELETE_ABORTED(
            TestBed::ofDeletion,
            bed -> bed.journal.once("await detached", () -> bed.abortAndHold("recorded")),
            Ending.ABORTED),
    NODE_DRAIN(() -> TestBed.ofNode(OperationKind.NODE_DRAIN, null, 70), bed -> {}, Ending.COMPLETED),
    NODE_DRAIN_WITH_WAITS(
            () -> TestBed.ofNode(OperationKind.NODE_DRAIN, null, 2), RecordedCase::nodeWaits, Ending.COMPLETED),
    NODE_DRAIN_ABORTED(
            () -> TestBed.ofNode(OperationKind.NODE_DRAIN, null, 70),
            bed -> bed.journal.once("move", () -> bed.abortAndHold("recorded")),
            Ending.ABORTED),
    NODE_FILL(() -> TestBed.ofNode(OperationKind.NODE_FILL, null, 3), bed -> {}, Ending.COMPLETED),
    NODE_DELETE(() -> TestBed.ofNode(OperationKind.NODE_DELETE, NodeRemoval.GRACEFUL, 3), bed -> {}, Ending.COMPLETED),
    NODE_DELETE_FORCED(
            () -> TestBed.ofNode(OperationKind.NODE_DELETE, NodeRemoval.FORCE, 3),
            bed -> bed.journal.once("tombstone", () -> {
                throw new IllegalStateException("the ledger is away");
            }),
            Ending.COMPLETED),
    NODE_DELETE_STUCK(
            () -> TestBed.ofNode(OperationKind.NODE_DELETE, NodeRemoval.GRACEFUL, 1),
            bed -> bed.moves().stays(TestBed.nodeShard(7), "its scheduling policy is PAUSE"),
            Ending.ABORTED),
    SPLIT_AT_ONCE(TestBed::ofSplit, bed -> {}, Ending.COMPLETED),
    SPLIT_WITH_WAITS(TestBed::ofSplit, RecordedCase::splitWaits, Ending.COMPLETED),
    SPLIT_REFUSED(TestBed::ofSplit, RecordedCase::splitRefused, Ending.ABORTED),
    SPLIT_ABORTED_FROZEN(
            TestBed::ofSplit,
            bed -> bed.journal.once("prepare rows", () -> bed.abortAndHold("recorded")),
            Ending.ABORTED),
    SPLIT_PREEMPTED_COMMITTED(
            TestBed::ofSplit,
            bed -> bed.journal.once("committed in the ledger", () -> {
                bed.cell.preempt("node 1 went offline");
                throw new IllegalStateException("the answer is lost");
            }),
            Ending.COMPLETED),
    TRAVEL_AT_ONCE(TestBed::ofTimeTravel, bed -> {}, Ending.COMPLETED),
    TRAVEL_WITH_WAITS(TestBed::ofTimeTravel, RecordedCase::travelWaits, Ending.COMPLETED),
    TRAVEL_REFUSED(
            TestBed::ofTimeTravel,
            bed -> bed.journal.once("PUT 2 travel", () -> {
                throw new Answered(400);
            }),
            Ending.ABORTED),
    TRAVEL_ABORTED(
            TestBed::ofTimeTravel,
            bed -> bed.journal.once("PUT 2 travel", () -> bed.abortAndHold("recorded")),
            Ending.ABORTED);

    private final Supplier<TestBed> beds;
    private final Consumer<TestBed> arrangement;
    private final Ending ending;

    RecordedCase(Supplier<TestBed> beds, Consumer<TestBed> arrangement, Ending ending) {
        this.beds = beds;
        this.arrangement = arrangement;
        this.ending = ending;
    }

    String workflow() {
        return name().substring(0, name().indexOf('_')).toLowerCase(Locale.ROOT);
    }

    String caseName() {
        return name().substring(name().indexOf('_') + 1)
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
    }

    WorkflowExecutionHistory run() {
        try (TestBed bed = beds.get()) {
            arrangement.accept(bed);
            bed.start();
            if (this == MIGRATE_PAUSED || this == MIGRATE_STAY_LEFT) {
                bed.awaitProgress(progress -> "paused by signal".equals(progress.waiting()));
                bed.run().signal("resume");
            }
            if (this == MIGRATE_STEERED) {
                bed.awaitProgress(progress -> "paused: recorded".equals(progress.waiting()));
                bed.run().signal("steer", new OperationSteering(101, Action.RESUME, null));
            }
            assertThat(bed.result().ending()).isEqualTo(ending);
            return bed.client().fetchHistory(TestBed.IDS.workflow(TestBed.OPERATION));
        }
    }

    private static void waits(TestBed bed) {
        bed.pageservers.warm(false);
        bed.pageservers.caughtUp(false);
        bed.cell.computesAnswer(false);
        AtomicInteger downloads = new AtomicInteger();
        AtomicInteger waits = new AtomicInteger();
        AtomicInteger tells = new AtomicInteger();
        bed.journal.always("POST 2 download", () -> bed.pageservers.warm(downloads.incrementAndGet() > 3));
        bed.journal.always("POST 2 wait_lsn", () -> bed.pageservers.caughtUp(waits.incrementAndGet() > 3));
        bed.journal.always("await computes", () -> bed.cell.computesAnswer(tells.incrementAndGet() > 3));
    }

    private static void staysCold(TestBed bed) {
        bed.pageservers.warm(false);
        bed.pageservers.caughtUp(false);
        AtomicInteger waits = new AtomicInteger();
        bed.journal.always("POST 2 wait_lsn", () -> bed.pageservers.caughtUp(waits.incrementAndGet() > 3));
    }

    private static void nodeWaits(TestBed bed) {
        bed.pageservers.warm(false);
        bed.moves().settles(false);
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger settlings = new AtomicInteger();
        bed.journal.always("GET 2 status", () -> bed.pageservers.warm(looks.incrementAndGet() > 6));
        bed.journal.always("await settled", () -> bed.moves().settles(settlings.incrementAndGet() > 4));
    }

    private static void pauses(TestBed bed) {
        bed.journal.once("POST 2 download", bed::pauseAndHold);
    }

    private static void pausesWhileStaying(TestBed bed) {
        bed.pageservers.warm(false);
        AtomicInteger looks = new AtomicInteger();
        bed.journal.always("POST 2 download", () -> {
            if (looks.incrementAndGet() == 2) {
                bed.pageservers.warm(true);
                bed.run().signal("pause");
                bed.awaitProgress(
                        progress -> progress.paused() || !progress.step().equals("warm up"));
            }
        });
    }

    private static void steers(TestBed bed) {
        bed.journal.once("POST 2 download", () -> {
            bed.run().signal("steer", new OperationSteering(100, Action.PAUSE, "recorded"));
            bed.awaitProgress(Progress::paused);
        });
    }

    private static void unanswered(TestBed bed) {
        for (String put : new String[] {"PUT 2 Secondary", "PUT 1 AttachedStale", "PUT 2 AttachedSingle"}) {
            bed.journal.once(put, () -> {
                throw new IOException("timed out");
            });
        }
    }

    private static void attachmentRefused(TestBed bed) {
        bed.journal.always("PUT 2 AttachedMulti", () -> {
            throw new Answered(400);
        });
    }

    private static void deletionWaits(TestBed bed) {
        bed.cell.left("shard 0 is still on node 1");
        AtomicInteger rounds = new AtomicInteger();
        bed.journal.always("await detached", () -> {
            if (rounds.incrementAndGet() > 3) {
                bed.cell.left("");
            }
        });
        bed.journal.once("delete rows", () -> {
            throw new IllegalStateException("the ledger is away");
        });
    }

    private static void splitWaits(TestBed bed) {
        bed.cell.unfrozen("work is in flight");
        AtomicInteger rounds = new AtomicInteger();
        bed.journal.always("freeze", () -> {
            if (rounds.incrementAndGet() > 3) {
                bed.cell.unfrozen(null);
            }
        });
        bed.journal.once("PUT 1 shard_split", () -> {
            throw new IOException("timed out");
        });
        bed.cell.secondaryOn(TestBed.OTHER);
    }

    private static void travelWaits(TestBed bed) {
        bed.journal.once("PUT 2 travel", () -> {
            throw new IOException("connection refused");
        });
        bed.journal.once("PUT 3 travel", () -> bed.skip(Duration.ofSeconds(8)));
    }

    private static void splitRefused(TestBed bed) {
        bed.journal.always("PUT 2 shard_split", () -> {
            throw new Answered(500);
        });
    }
}
