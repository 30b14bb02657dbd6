package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.config.LocationFlavour;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.ShardReleased;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ShardReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tenant of two shards on two nodes of its home zone, with a secondary each, among six nodes. */
class SplitDecisionsTest {
    private static final Generation FIRST = new Generation(1);

    private final Scenario scenario = Scenario.withNodes(6)
            .when(new CreateTenant(
                    TENANT,
                    new ShardCount(2),
                    2048,
                    new Generation(0),
                    PlacementPolicy.attached(1),
                    TenantConfig.EMPTY));
    private final List<WorkIssued> attaching = scenario.eventsOf(WorkIssued.class);

    @BeforeEach
    void attach() {
        scenario.workSucceeds().computesAcknowledge();
    }

    private static SplitTenant to(int count) {
        return new SplitTenant(TENANT, new ShardCount(count), null);
    }

    private Shard shard(int number) {
        return scenario.tenant().shards().get(number);
    }

    private NodeId attached(int number) {
        return Objects.requireNonNull(shard(number).attached());
    }

    private OperationId accepted() {
        return ((Reply.SplitStarted) scenario.when(to(4)).reply()).operation();
    }

    private OperationId frozen() {
        OperationId operation = accepted();
        scenario.when(new BeginOperation(operation, "run")).when(new FreezeSplit(operation, "run"));
        return operation;
    }

    private CommitSplit commit(OperationId operation, String run) {
        long hash = LocationFlavour.forAttached(TenantConfig.EMPTY, true).hash();
        List<SplitChild> children = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            NodeId node = attached(number % 2);
            children.add(new SplitChild(
                    new TenantShardId(TENANT, number, 4),
                    FIRST,
                    ObservedLocation.attached(node, LocationMode.ATTACHED_SINGLE, FIRST, hash)));
        }
        return new CommitSplit(operation, run, children);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 |      | Requested count 1 but already have shards at count 2
            3 |      | Requested split is not a power of two: from 2 to 3 shards
            6 |      | Requested split is not a power of two: from 2 to 6 shards
            4 | 4096 | Attempted to change stripe size (ShardStripeSize(2048)->ShardStripeSize(4096)) on a tenant with multiple shards
            """)
    void whatCannotBeDoneIsRefusedFirst(int count, Integer stripeSize, String text) {
        scenario.when(new SplitTenant(TENANT, new ShardCount(count), stripeSize));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.INVALID);
        assertThat(scenario.detail()).isEqualTo(text);
    }

    @Test
    void aTenantThatIsNotAttachedOrCouldNotBePutBackIsNotSplit() {
        scenario.when(new SetTenantPolicy(TENANT, null, ShardSchedulingPolicy.STOP))
                .when(to(4));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.SCHEDULING_STOPPED);

        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.SECONDARY, ShardSchedulingPolicy.ACTIVE))
                .when(to(4));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.INVALID);
        assertThat(scenario.detail()).isEqualTo("Cannot split a tenant that is not attached");
    }

    @Test
    void whatIsDoneAlreadyIsAnsweredAtOnceAndTheSameOrderWaitsForTheSameSplit() {
        assertThat(scenario.when(to(2)).reply()).isEqualTo(new Reply.Done());

        OperationId operation = accepted();

        assertThat(scenario.when(to(4)).reply()).isEqualTo(new Reply.SplitStarted(operation, new ShardCount(2)));
        scenario.when(to(8));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.TENANT_SPLITTING);
        assertThat(scenario.detail()).isEqualTo("Cannot split, currently mid-split");
    }

    @Test
    void nothingElseIsAcceptedDuringASplit() {
        accepted();
        MigrationOrder order = new MigrationOrder(NodeId.of(1), null, true, true, 1, 1);

        for (Command command : List.of(
                new DeleteTenant(TENANT),
                new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, null),
                new PatchTenantConfig(TENANT, JsonNodeFactory.instance.objectNode()),
                new MigrateShard(new TenantShardId(TENANT, 0, 2), order),
                new CreateTenant(
                        TENANT,
                        new ShardCount(2),
                        2048,
                        new Generation(0),
                        PlacementPolicy.attached(1),
                        TenantConfig.EMPTY))) {
            scenario.when(command);
            assertThat(scenario.rejection()).as(command.toString()).isEqualTo(RejectionReason.TENANT_SPLITTING);
        }
    }

    @Test
    void aMigrationThatGoesOnIsNotSplitOver() {
        NodeId secondary = shard(0).secondaries().getFirst();
        scenario.when(new MigrateShard(
                new TenantShardId(TENANT, 0, 2), new MigrationOrder(secondary, null, true, true, 1, 1)));

        scenario.when(to(4));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.OPERATION_IN_PROGRESS);
    }

    private ShardReport unanswered(WorkIssued work) {
        NodeId node = work.steps().getFirst().node();
        return new ShardReport(
                work.shard(),
                work.sequence(),
                List.of(ObservedLocation.unknown(node, 0)),
                List.of(),
                null,
                false,
                null);
    }

    @Test
    void shardsAreTakenTogetherOnceNothingIsUnderWay() {
        scenario.when(new ReportShards(
                "worker", attaching.stream().map(this::unanswered).toList()));
        List<WorkIssued> work = scenario.eventsOf(WorkIssued.class);
        assertThat(work).hasSize(2);
        OperationId operation = accepted();
        scenario.when(new BeginOperation(operation, "run"));

        Reply.SplitFrozen waits = (Reply.SplitFrozen)
                scenario.when(new FreezeSplit(operation, "run")).reply();
        assertThat(waits.parents()).isEmpty();
        assertThat(waits.waiting()).contains("is not attached to node");
        assertThat(shard(0).operation()).isNull();

        scenario.when(
                new ReportShards("worker", work.stream().map(scenario::success).toList()));
        Reply.SplitFrozen frozen = (Reply.SplitFrozen)
                scenario.when(new FreezeSplit(operation, "run")).reply();
        assertThat(frozen.waiting()).isNull();
        assertThat(frozen.parents()).extracting(parent -> parent.node()).containsExactly(attached(0), attached(1));
        assertThat(frozen.parents())
                .extracting(parent -> parent.sequence())
                .containsExactly(shard(0).sequence(), shard(1).sequence());
        assertThat(scenario.tenant().shards()).allMatch(shard -> operation.equals(shard.operation()));
    }

    @Test
    void childrenTakeTheirParentsPlacesAndComputesAreToldOfAllOfThem() {
        OperationId operation = frozen();
        List<NodeId> nodes = List.of(attached(0), attached(1), attached(0), attached(1));
        List<NodeId> secondaries = shard(1).secondaries();

        scenario.when(commit(operation, "run"));

        assertThat(scenario.tenant().count()).isEqualTo(new ShardCount(4));
        assertThat(scenario.tenant().splitting()).isNull();
        assertThat(scenario.tenant().shards()).extracting(Shard::attached).isEqualTo(nodes);
        assertThat(shard(3).secondaries()).isEqualTo(secondaries);
        assertThat(scenario.onlyEvent(MappingEmitted.class).nodes()).isEqualTo(nodes);
        assertThat(scenario.eventsOf(WorkIssued.class))
                .as("their secondaries are made")
                .hasSize(4)
                .allMatch(work -> work.steps().size() == 1);

        scenario.when(commit(operation, "run"));
        assertThat(scenario.events()).isEmpty();
        scenario.when(new CompleteOperation(operation, "run", List.of(), null));
        assertThat(scenario.state.operations()).isEmpty();
    }

    @Test
    void aSplitIsNotCompletedBeforeItIsCommitted() {
        OperationId operation = frozen();

        scenario.when(new CompleteOperation(operation, "run", List.of(), null));

        assertThat(scenario.rejection()).isEqualTo(RejectionReason.INVALID);
    }

    @Test
    void undoneItsShardsAreLookedAtAndAttachedAgain() {
        OperationId operation = frozen();
        NodeId first = attached(0);

        scenario.when(new AbortOperation(
                operation,
                "run",
                List.of(ObservedLocation.unknown(first, scenario.now() + 9_000)),
                "Failed to split",
                null));

        assertThat(scenario.tenant().splitting()).isNull();
        assertThat(scenario.tenant().count()).isEqualTo(new ShardCount(2));
        assertThat(scenario.eventsOf(WorkIssued.class))
                .hasSize(2)
                .allMatch(work ->
                        !Objects.requireNonNull(work.steps().getFirst().known()).isKnown());
        assertThat(shard(0).observedOn(first).settlesAtMs()).isEqualTo(scenario.now() + 9_000);
    }

    @Test
    void failOverBeforeTheCommitTakesItsShardAndLeavesTheOthersToTheSplit() {
        OperationId operation = frozen();
        NodeId lost = attached(0);
        NodeId other = attached(1);
        assertThat(other).isNotEqualTo(lost);

        scenario.when(Scenario.failing(lost));

        assertThat(scenario.onlyEvent(OperationPreempted.class).operation()).isEqualTo(operation);
        assertThat(scenario.onlyEvent(ShardReleased.class).shard().number()).isZero();
        assertThat(attached(0)).isNotEqualTo(lost);
        assertThat(scenario.onlyEvent(WorkIssued.class).shard().number()).isZero();
        assertThat(shard(1).operation()).isEqualTo(operation);
        assertThat(scenario.tenant().splitting()).isEqualTo(operation);
        scenario.when(new FreezeSplit(operation, "run"));
        assertThat(scenario.rejection()).isEqualTo(RejectionReason.SUPERSEDED);

        scenario.when(new AbortOperation(operation, "another run", List.of(), "preempted", null));
        assertThat(scenario.tenant().splitting()).isNull();
        assertThat(scenario.onlyEvent(WorkIssued.class).shard().number()).isEqualTo(1);
    }

    @Test
    void committedInTheLedgerItGoesForwardWhoeverTellsAndTheChildIsFailedOver() {
        OperationId operation = frozen();
        NodeId lost = attached(0);
        CommitSplit commit = commit(operation, "a recovery run");
        scenario.when(Scenario.failing(lost));

        scenario.when(commit);

        assertThat(scenario.onlyEvent(TenantSplitCommitted.class).shards()).hasSize(4);
        assertThat(scenario.tenant().count()).isEqualTo(new ShardCount(4));
        assertThat(scenario.tenant().shards())
                .extracting(Shard::attached)
                .doesNotContain(lost)
                .doesNotContainNull();
        assertThat(shard(0).observedOn(lost).isKnown()).isFalse();
    }
}
