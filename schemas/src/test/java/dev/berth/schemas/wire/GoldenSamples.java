package dev.berth.schemas.wire;

import dev.berth.schemas.command.AbortOperation;
import dev.berth.schemas.command.AdvanceOperation;
import dev.berth.schemas.command.BeginOperation;
import dev.berth.schemas.command.CancelNodeOperation;
import dev.berth.schemas.command.CancelReconcile;
import dev.berth.schemas.command.CommitSplit;
import dev.berth.schemas.command.CompleteOperation;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.ConfigureOptimiser;
import dev.berth.schemas.command.Continue;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.DeleteNode;
import dev.berth.schemas.command.DeleteTenant;
import dev.berth.schemas.command.DrainNode;
import dev.berth.schemas.command.DropTenant;
import dev.berth.schemas.command.FillNode;
import dev.berth.schemas.command.FreezeSplit;
import dev.berth.schemas.command.Heartbeat;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.MoveShards;
import dev.berth.schemas.command.PatchTenantConfig;
import dev.berth.schemas.command.PlanOperation;
import dev.berth.schemas.command.RemoveNode;
import dev.berth.schemas.command.RenewLeases;
import dev.berth.schemas.command.ReportHeartbeats;
import dev.berth.schemas.command.ReportMappings;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportNodeReattached;
import dev.berth.schemas.command.ReportNodeRegistered;
import dev.berth.schemas.command.ReportReattachedShards;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.ReportWarmCopies;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetHomeZones;
import dev.berth.schemas.command.SetSecondary;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.command.SplitAutomatically;
import dev.berth.schemas.command.SplitTenant;
import dev.berth.schemas.command.SteerOperation;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.command.TimeTravelTenant;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.AutomaticSplitAttempted;
import dev.berth.schemas.event.AutomaticSplitForgotten;
import dev.berth.schemas.event.AutomaticSplitsConsidered;
import dev.berth.schemas.event.CellCreated;
import dev.berth.schemas.event.LeaseExtended;
import dev.berth.schemas.event.ListingPurpose;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.MappingAcknowledged;
import dev.berth.schemas.event.MappingDeferred;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.NodeReattached;
import dev.berth.schemas.event.NodeRegistered;
import dev.berth.schemas.event.NodeRemoved;
import dev.berth.schemas.event.NodeSchedulingChanged;
import dev.berth.schemas.event.NodeUtilizationReported;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.OperationAdvanced;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.event.OperationPreempted;
import dev.berth.schemas.event.OperationSteered;
import dev.berth.schemas.event.OptimiserConfigured;
import dev.berth.schemas.event.OptimiserPassed;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ProberEpochSeen;
import dev.berth.schemas.event.ShardHeld;
import dev.berth.schemas.event.ShardMoveBegun;
import dev.berth.schemas.event.ShardMoveEnded;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.ShardReleased;
import dev.berth.schemas.event.ShardTaken;
import dev.berth.schemas.event.ShardUnscheduled;
import dev.berth.schemas.event.StrayLocationsFound;
import dev.berth.schemas.event.SweepBegun;
import dev.berth.schemas.event.SweepEnded;
import dev.berth.schemas.event.TenantConfigChanged;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.TenantDeletionStarted;
import dev.berth.schemas.event.TenantFrozen;
import dev.berth.schemas.event.TenantGenerationNamed;
import dev.berth.schemas.event.TenantHomeZoneChanged;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.event.TenantSplitBegun;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.event.TimeTravelOrdered;
import dev.berth.schemas.event.WorkDeferred;
import dev.berth.schemas.event.WorkEnded;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.PlanId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.BornShard;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.schemas.model.MoveAdvice;
import dev.berth.schemas.model.MoveReason;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeOrder;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeRemoval;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationProgress;
import dev.berth.schemas.model.OperationProgress.RunState;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.OperationSteering;
import dev.berth.schemas.model.OperationSummary;
import dev.berth.schemas.model.OptimiserMode;
import dev.berth.schemas.model.OptimiserSettings;
import dev.berth.schemas.model.PlacementChoice;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.PlanRef;
import dev.berth.schemas.model.PlannedShard;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.model.ShardGeneration;
import dev.berth.schemas.model.ShardIntent;
import dev.berth.schemas.model.ShardMove;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.model.SplitAttempt;
import dev.berth.schemas.model.SplitCandidate;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitOrder;
import dev.berth.schemas.model.SplitParent;
import dev.berth.schemas.model.TimeTravelOrder;
import dev.berth.schemas.model.Transfer;
import dev.berth.schemas.model.WarmCopy;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.pageserver.Utilization;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import dev.berth.schemas.task.NodeListingTask;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.StrayLocationsTask;
import dev.berth.schemas.task.WorkBatch;
import dev.berth.schemas.task.WorkError;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the golden samples say, as objects. The main sample of a message has every field set; a sample {@code …-bare} has every
 * field left out that may be.
 */
final class GoldenSamples {
    private static final TenantId TENANT = TenantId.of("3f2a9c4b5d6e70818293a4b5c6d7e8f9");
    private static final TenantShardId SHARD = new TenantShardId(TENANT, 1, 4);
    private static final TenantShardId UNSHARDED = new TenantShardId(TENANT, 0, 0);
    private static final ShardCount COUNT = new ShardCount(4);
    private static final NodeId NODE = NodeId.of(12);
    private static final NodeId OTHER_NODE = NodeId.of("18446744073709551615");
    private static final Generation GENERATION = new Generation(4_294_967_295L);
    private static final OperationId OPERATION = new OperationId(9_007_199_254_740_993L);
    private static final CommandId COMMAND = new CommandId("gateway-1/42");
    private static final TenantConfig CONFIG = TenantConfig.parse(
            Json.parse("{\"checkpoint_distance\":268435456,\"gc_period\":\"1h\"}"), TenantConfig.Mode.STRICT);
    private static final PlacementChoice.Exclusion EXCLUSION =
            new PlacementChoice.Exclusion(PlacementChoice.Obstacle.DRAINING, 7, List.of(OTHER_NODE));
    private static final PlacementChoice CHOICE = new PlacementChoice(
            PlacementChoice.Role.ATTACHED,
            PlacementChoice.Rule.BEST_SCORE,
            NODE,
            5,
            List.of(new PlacementChoice.Candidate(NODE, 2, 1, 1_250_000, 40)),
            List.of(EXCLUSION));
    private static final long INCARNATION = 77;
    private static final long SEQUENCE = 1_000_003;
    private static final long NOW_MS = 1_790_000_000_123L;

    private static final ObservedLocation ATTACHED =
            ObservedLocation.attached(NODE, LocationMode.ATTACHED_SINGLE, GENERATION, -6_148_914_691_236_517_206L);
    private static final ObservedLocation UNKNOWN = ObservedLocation.unknown(OTHER_NODE, NOW_MS);
    private static final WorkStep STEP = new WorkStep(NODE, WorkStep.Action.DETACH, ATTACHED, true);
    private static final WorkStep FIRST_STEP = new WorkStep(OTHER_NODE, WorkStep.Action.ATTACH, null, false);
    private static final SetHomeZones.HomeZone HOME_ZONE = new SetHomeZones.HomeZone(SHARD, "eu-west-1c");
    private static final MigrationOrder ORDER = new MigrationOrder(OTHER_NODE, NODE, true, true, 300_000, 10_000);
    private static final NodeRegistration REGISTRATION = new NodeRegistration(
            NODE,
            "pageserver-12.example",
            6400,
            "pageserver-12.example",
            9898,
            9899,
            "pageserver-12.example",
            51051,
            "eu-west-1b");
    private static final Utilization UTILIZATION =
            new Utilization(400, 600, 500, 80, 31, 2_500, 625_000L, "2026-01-02T03:04:05.678901Z");
    private static final Heartbeat HEARTBEAT = new Heartbeat(NODE, UTILIZATION, 0, null);
    private static final ListedLocation LISTED = new ListedLocation(SHARD, LocationMode.ATTACHED_MULTI, GENERATION, 5);
    private static final WorkRef WORK = new WorkRef(SHARD, SEQUENCE);
    private static final WorkError ERROR = new WorkError(WorkError.Kind.RETRYABLE, "node 12: 503 \"not ready\"");
    private static final ShardReport SHARD_REPORT =
            new ShardReport(SHARD, SEQUENCE, List.of(ATTACHED, UNKNOWN), List.of(NODE), GENERATION, true, ERROR);
    private static final MappingReport MAPPING_REPORT =
            new MappingReport(TENANT, INCARNATION, 6, MappingReport.Result.FAILED, "connection refused");
    private static final NodeOrder NODE_ORDER = new NodeOrder(NodeSchedulingPolicy.PAUSE, NodeRemoval.FORCE);
    private static final ShardMove MOVE = new ShardMove(SHARD, ShardMove.Action.PROMOTE, OTHER_NODE);
    private static final ShardMove MOVE_ANYWHERE = new ShardMove(UNSHARDED, ShardMove.Action.PREPARE, null);
    private static final PlanId PLAN = new PlanId("0123456789abcdef0123456789abcdef");
    private static final PlanRef PLAN_REF = new PlanRef(PLAN, -7, List.of(OTHER_NODE));
    private static final ShardIntent INTENT = new ShardIntent(NODE, List.of(OTHER_NODE));
    private static final PlannedShard PLANNED =
            new PlannedShard(SHARD, INTENT, new ShardIntent(OTHER_NODE, List.of(NODE)));
    private static final Rejection REJECTION =
            new Rejection(RejectionReason.TENANT_NOT_FOUND, "tenant " + TENANT + " not found");
    private static final WorkBatch.Endpoint ENDPOINT = new WorkBatch.Endpoint(NODE, "pageserver-12.example", 9898);
    private static final WorkBatch.ShardTask SHARD_TASK =
            new WorkBatch.ShardTask(SHARD, SEQUENCE, GENERATION, true, List.of(FIRST_STEP, STEP));
    private static final WorkBatch.TenantWork TENANT_WORK = new WorkBatch.TenantWork(
            TENANT, INCARNATION, COUNT, 32_768, new Generation(3), CONFIG, true, List.of(SHARD_TASK));

    private static final OperationProgress.Skipped SKIPPED = new OperationProgress.Skipped(SHARD, "no node has room");
    private static final OperationProgress.Step STEP_TAKEN =
            new OperationProgress.Step("warm up", NOW_MS, "the destination stays cold");
    private static final OperationProgress PROGRESS = new OperationProgress(
            "move shards",
            40,
            100,
            "paused: lunch",
            List.of(SKIPPED),
            NOW_MS + 60_000,
            RunState.PAUSED,
            1_200,
            List.of(STEP_TAKEN));
    private static final OperationSteering STEERING =
            new OperationSteering(1_200, OperationSteering.Action.PAUSE, "lunch");

    private static final OperationSummary SUMMARY = new OperationSummary(
            OperationKind.SHARD_MIGRATION,
            TENANT,
            SHARD,
            NODE,
            ORDER,
            OperationStage.CUT_OVER,
            NOW_MS - 1_000,
            "run-1",
            PROGRESS);
    private static final AutomaticSplitSettings SPLIT_SETTINGS =
            new AutomaticSplitSettings(AutomaticSplitSettings.Mode.ADVISE, 64L << 30, 16, 8L << 30, 2, 4);
    private static final ShardSize SHARD_SIZE = new ShardSize(SHARD, 500L << 30);
    private static final SplitCandidate CANDIDATE = new SplitCandidate(
            TENANT,
            COUNT,
            500L << 30,
            8,
            "536870912000 bytes are more than 68719476736 a shard",
            SplitCandidate.Standing.BACKING_OFF,
            "failed 2 times");
    private static final SplitAttempt ATTEMPT =
            new SplitAttempt(TENANT, OPERATION, 8, 2, NOW_MS + 60_000, "pageserver 12: 500");
    private static final TimeTravelOrder TIME_TRAVEL =
            new TimeTravelOrder("2026-01-02T03:04:05Z", "2026-01-02T04:00:00.5Z", List.of(ShardCount.UNSHARDED, COUNT));
    private static final SplitOrder SPLIT_ORDER = new SplitOrder(new ShardCount(2), COUNT, 32_768);
    private static final SplitParent SPLIT_PARENT = new SplitParent(new TenantShardId(TENANT, 1, 2), NODE, SEQUENCE);
    private static final SplitChild SPLIT_CHILD = new SplitChild(SHARD, GENERATION, ATTACHED);
    private static final BornShard BORN = new BornShard(1, GENERATION, NODE, List.of(OTHER_NODE), ATTACHED, SEQUENCE);

    private static final Transfer TRANSFER =
            new Transfer(Transfer.Role.SECONDARY, NODE, OTHER_NODE, MoveReason.LOST_NODE);

    private final Map<String, Object> byName = new TreeMap<>();

    private GoldenSamples() {}

    /** Sample by {@code <group>/<name>.json}. */
    static Map<String, Object> byName() {
        GoldenSamples samples = new GoldenSamples();
        samples.tenantCommands();
        samples.nodeCommands();
        samples.operationCommands();
        samples.otherCommands();
        samples.cellAndNodeEvents();
        samples.operationEvents();
        samples.shardEvents();
        samples.tenantEvents();
        samples.answers();
        samples.nodeStates();
        samples.timeTravels();
        samples.records();
        samples.parts();
        return samples.byName;
    }

    private void tenantCommands() {
        add(new CreateTenant(TENANT, COUNT, 32_768, new Generation(3), PlacementPolicy.attached(1), CONFIG));
        bare(new CreateTenant(TENANT, ShardCount.UNSHARDED, 0, null, PlacementPolicy.SECONDARY, TenantConfig.EMPTY));
        add(new DeleteTenant(TENANT));
        add(new MigrateShard(SHARD, ORDER));
        bare(new MigrateShard(UNSHARDED, new MigrationOrder(NODE, null, false, false, 0, 0)));
        add(new PatchTenantConfig(TENANT, Json.parse("{\"gc_period\":null,\"checkpoint_distance\":1048576}")));
        add(new CancelReconcile(SHARD));
        add(new DropTenant(TENANT, INCARNATION));
        add(new RemoveNode(NODE));
        add(new SetSecondary(SHARD, NODE));
        add(new SetTenantConfig(TENANT, CONFIG));
        add(new SetTenantLocation(TENANT, LocationMode.ATTACHED_SINGLE, GENERATION, CONFIG));
        bare(new SetTenantLocation(TENANT, LocationMode.SECONDARY, null, TenantConfig.EMPTY));
        add(new SetTenantPolicy(TENANT, PlacementPolicy.DETACHED, ShardSchedulingPolicy.ESSENTIAL));
        bare(new SetTenantPolicy(TENANT, null, null));
        add(new SplitAutomatically(TENANT, ShardCount.UNSHARDED, COUNT));
        add(new SplitTenant(TENANT, COUNT, 32_768));
        bare(new SplitTenant(TENANT, COUNT, null));
        of("planned", new SplitTenant(TENANT, COUNT, null, PLAN_REF));
        of("planned", new MigrateShard(SHARD, ORDER, PLAN_REF));
    }

    private void nodeCommands() {
        add(new ConfigureNode(NODE, NodeAvailability.OFFLINE, NodeSchedulingPolicy.PAUSE_FOR_RESTART));
        bare(new ConfigureNode(NODE, null, null));
        add(new DrainNode(NODE));
        add(new FillNode(NODE));
        add(new DeleteNode(NODE, NodeRemoval.FORCE));
        of("planned", new DrainNode(NODE, 2, PLAN_REF));
        of("planned", new FillNode(NODE, 2, PLAN_REF));
        of("planned", new DeleteNode(NODE, NodeRemoval.GRACEFUL, 2, PLAN_REF));
        add(new CancelNodeOperation(NODE, OperationKind.NODE_DRAIN));
        add(new ReportHeartbeats(8, List.of(HEARTBEAT, new Heartbeat(OTHER_NODE, null, 31_000, "timed out"))));
        add(new ReportNodeListing(NODE, 55, UNSHARDED, List.of(LISTED), true, true, "timed out"));
        bare(new ReportNodeListing(NODE, 55, null, List.of(), false, false, null));
        add(new ReportNodeReattached(NODE, 9));
        add(new ReportNodeRegistered(REGISTRATION));
        add(new ReportReattachedShards(NODE, 9, List.of(new ShardGeneration(SHARD, GENERATION))));
    }

    private void operationCommands() {
        add(new MoveShards(OPERATION, "run-1", List.of(MOVE, MOVE_ANYWHERE)));
        add(new PlanOperation(new DrainNode(NODE)));
        add(new AbortOperation(OPERATION, "run-1", List.of(ATTACHED), "destination went away", null));
        add(new AdvanceOperation(
                OPERATION,
                "run-1",
                OperationStage.CUT_OVER,
                List.of(ATTACHED, UNKNOWN),
                GENERATION,
                "compute is told",
                null));
        bare(new AdvanceOperation(OPERATION, "run-1", OperationStage.ACCEPTED, List.of(), null, null, null));
        of(
                "progress",
                new AdvanceOperation(
                        OPERATION, "run-1", OperationStage.ACCEPTED, List.of(), null, "paused: lunch", PROGRESS));
        of("progress", new CompleteOperation(OPERATION, "run-1", List.of(), PROGRESS));
        of("progress", new AbortOperation(OPERATION, "run-1", List.of(), "asked to", PROGRESS));
        add(new SteerOperation(OPERATION, OperationSteering.Action.PAUSE, "lunch"));
        bare(new SteerOperation(OPERATION, OperationSteering.Action.RESUME, null));
        add(new BeginOperation(OPERATION, "run-1"));
        add(new FreezeSplit(OPERATION, "run-1"));
        add(new CommitSplit(OPERATION, "run-1", List.of(SPLIT_CHILD)));
        add(new CompleteOperation(OPERATION, "run-1", List.of(ATTACHED), null));
    }

    private void otherCommands() {
        add(new CreateCell("cell-1", INCARNATION));
        add(new Tick());
        add(new Continue(new Sweep.LeaveNode(NODE, SHARD)));
        add(new Sweep.LeaveNode(NODE, SHARD));
        add(new Sweep.ForgetNode(NODE, SHARD));
        add(new Sweep.ReturnToNode(NODE, SHARD));
        add(new Sweep.PlaceUnscheduled(SHARD));
        add(new Sweep.DueWork(SHARD));
        bare(new Sweep.DueWork(null));
        add(new Sweep.DropNode(NODE, SHARD));
        add(new Sweep.TrimSecondaries(NODE, SHARD));
        bare(new Sweep.TrimSecondaries(NODE, null));
        bare(new Sweep.DropNode(NODE, null));
        add(new ReportShardSizes(8, SPLIT_SETTINGS, List.of(SHARD_SIZE)));
        add(new ConfigureOptimiser(OptimiserMode.ON, OptimiserMode.ADVISE, 256, 64, 128, 8, 3));
        bare(new ConfigureOptimiser(null, null, null, null, null, null, null));
        add(new RequestQuiescence());
        add(new SetHomeZones(List.of(HOME_ZONE, new SetHomeZones.HomeZone(UNSHARDED, null))));
        add(new RenewLeases("worker-1", List.of(WORK)));
        add(new ReportMappings(List.of(MAPPING_REPORT)));
        add(new ReportShards("worker-1", List.of(SHARD_REPORT)));
        add(new ReportWarmCopies(List.of(new WarmCopy(SHARD, OTHER_NODE))));
    }

    private void cellAndNodeEvents() {
        add(new CellCreated("cell-1", INCARNATION));
        add(new OptimiserConfigured(new OptimiserSettings(OptimiserMode.ON, OptimiserMode.ADVISE, 256, 64, 128, 8, 3)));
        add(new OptimiserPassed(
                NOW_MS, SHARD, UNSHARDED, 5_001, -5_002, 5_003, -5_004, List.of(new MoveAdvice(SHARD, TRANSFER))));
        bare(new OptimiserPassed(0, null, null, 0, 0, 0, 0, List.of()));
        add(new ProberEpochSeen(8));
        add(new AutomaticSplitsConsidered(SPLIT_SETTINGS, List.of(CANDIDATE), NOW_MS));
        add(new AutomaticSplitAttempted(ATTEMPT));
        add(new AutomaticSplitForgotten(TENANT));
        add(new SweepBegun("LeaveNode(12)"));
        add(new SweepEnded("LeaveNode(12)"));
        add(new NodeAvailabilityChanged(NODE, NodeAvailability.WARMING_UP, "re-attached", NOW_MS));
        add(new NodeListingEnded(NODE, 55, "timed out"));
        bare(new NodeListingEnded(NODE, 55, null));
        add(new NodeListingRequested(NODE, 55, ListingPurpose.AUDIT, NOW_MS + 5_000, -7, NOW_MS));
        add(new NodeReattached(NODE, 9, NodeSchedulingPolicy.ACTIVE, NOW_MS, 1_234));
        add(new NodeRegistered(REGISTRATION));
        add(new NodeRemoved(NODE));
        add(new NodeSchedulingChanged(NODE, NodeSchedulingPolicy.DRAINING));
        add(new NodeUtilizationReported(NODE, UTILIZATION));
        add(new StrayLocationsFound(NODE, List.of(SHARD, UNSHARDED), true));
        bare(new StrayLocationsFound(NODE, List.of(), false));
    }

    private void operationEvents() {
        add(new OperationAccepted(OPERATION, OperationKind.SHARD_MIGRATION, TENANT, SHARD, ORDER, NOW_MS, null, null));
        bare(new OperationAccepted(OPERATION, OperationKind.TENANT_DELETE, TENANT, null, null, 0, null, null));
        add(new OperationAdvanced(OPERATION, OperationStage.WARMING, "40 layers to go", NOW_MS, null));
        add(new OperationBegun(OPERATION, "run-1", NOW_MS));
        add(new OperationEnded(OPERATION, "destination went away", NOW_MS, null));
        bare(new OperationEnded(OPERATION, null, 0, null));
        of("node", new OperationAccepted(OPERATION, OperationKind.TENANT_DELETE, null, null, null, NOW_MS, NODE, null));
        of("progress", new OperationAdvanced(OPERATION, OperationStage.ACCEPTED, "paused: lunch", NOW_MS, PROGRESS));
        of("summary", new OperationEnded(OPERATION, "asked to", NOW_MS, SUMMARY));
        of(
                "deletion",
                new OperationAccepted(
                        OPERATION, OperationKind.NODE_DELETE, null, null, null, NOW_MS, NODE, NODE_ORDER));
        add(new OperationSteered(OPERATION, STEERING, NOW_MS));
        add(new OperationPreempted(OPERATION, "node 12 went offline"));
    }

    private void shardEvents() {
        add(new ShardMoveBegun(SHARD, TRANSFER, NOW_MS));
        add(new ShardMoveEnded(SHARD, true, "node 12 takes no shards now", NOW_MS));
        bare(new ShardMoveEnded(SHARD, false, null, NOW_MS));
        add(new ShardHeld(SHARD, NOW_MS, "moved 3 times within an hour"));
        bare(new ShardHeld(SHARD, 0, null));
        add(new LeaseExtended(SHARD, SEQUENCE, NOW_MS));
        add(new LocationsObserved(SHARD, List.of(ATTACHED, UNKNOWN), List.of(NODE), GENERATION));
        bare(new LocationsObserved(SHARD, List.of(), List.of(), null));
        add(new ShardPlaced(SHARD, NODE, List.of(OTHER_NODE), PlacementCause.NODE_OFFLINE));
        bare(new ShardPlaced(SHARD, null, List.of(), PlacementCause.POLICY_CHANGED));
        of("explained", new ShardPlaced(SHARD, NODE, List.of(), PlacementCause.NODE_DRAIN, OPERATION, List.of(CHOICE)));
        add(new ShardReleased(SHARD, OPERATION));
        add(new ShardTaken(SHARD, OPERATION, SEQUENCE, List.of(UNKNOWN)));
        add(new ShardUnscheduled(SHARD, "no pageserver fits"));
        bare(new ShardUnscheduled(SHARD, null));
        add(new WorkDeferred(SHARD, NOW_MS));
        add(new WorkEnded(SHARD, SEQUENCE, "node 12: 503", NOW_MS, 3));
        bare(new WorkEnded(SHARD, SEQUENCE, null, 0, 0));
        add(new WorkIssued(SHARD, SEQUENCE, NOW_MS, Priority.URGENT, true, List.of(FIRST_STEP, STEP)));
        bare(new WorkIssued(SHARD, SEQUENCE, NOW_MS, Priority.NORMAL, false, List.of()));
    }

    private void tenantEvents() {
        add(new MappingAcknowledged(TENANT, 6));
        add(new MappingDeferred(TENANT, 6, MappingReport.Result.BUSY, "423"));
        of(
                "counted",
                new MappingDeferred(TENANT, 6, MappingReport.Result.FAILED, "500", 8, NOW_MS, NOW_MS + 1, 20_000));
        add(new MappingEmitted(TENANT, 6, List.of(NODE, OTHER_NODE)));
        bare(new MappingEmitted(TENANT, 6, List.of()));
        add(new TenantConfigChanged(TENANT, CONFIG));
        add(new TenantCreated(
                TENANT,
                INCARNATION,
                COUNT,
                32_768,
                new Generation(3),
                PlacementPolicy.attached(2),
                CONFIG,
                "eu-west-1b"));
        bare(new TenantCreated(
                TENANT, 0, ShardCount.UNSHARDED, 0, null, PlacementPolicy.DETACHED, TenantConfig.EMPTY, null));
        add(new TenantDeletionStarted(TENANT, OPERATION));
        add(new TenantFrozen(TENANT, "everyAttachedShardHasExactlyOneAttachedLocation"));
        add(new TenantGenerationNamed(TENANT, GENERATION));
        add(new TenantHomeZoneChanged(TENANT, "eu-west-1c"));
        bare(new TenantHomeZoneChanged(TENANT, null));
        add(new TenantPolicyChanged(TENANT, PlacementPolicy.attached(1), ShardSchedulingPolicy.STOP));
        add(new TenantRemoved(TENANT));
        add(new TenantSplitBegun(TENANT, OPERATION, SPLIT_ORDER));
        add(new TenantSplitCommitted(TENANT, OPERATION, COUNT, 32_768, List.of(BORN)));
    }

    private void answers() {
        add(new Outcome.Accepted(new Reply.OperationStarted(OPERATION)));
        add(new Outcome.Rejected(REJECTION));
        add(new Reply.Done());
        add(new Reply.OperationStarted(OPERATION));
        add(new Reply.PartlyScheduled(RejectionReason.NO_MATCHING_PAGESERVER, List.of(SHARD)));
        add(new Reply.HomeZonesSet(List.of(SHARD)));
        add(new Reply.SplitStarted(OPERATION, ShardCount.UNSHARDED));
        add(new Reply.SplitFrozen(List.of(SPLIT_PARENT), "shard 1 is not attached"));
        bare(new Reply.SplitFrozen(List.of(), null));
        add(new Reply.WorkCancelled(SEQUENCE));
        add(new Reply.Quiescence(17));
        add(new Reply.MovesRefused(List.of(SKIPPED)));
        add(new Reply.LeasesLost(List.of(WORK)));
        add(new Reply.ActivationPending(55));
        add(new Reply.OperationState(
                OPERATION,
                OperationKind.SHARD_MIGRATION,
                OperationStage.CUT_OVER,
                TENANT,
                INCARNATION,
                COUNT,
                32_768,
                CONFIG,
                true,
                SHARD,
                ORDER,
                SEQUENCE,
                GENERATION,
                ATTACHED,
                true,
                UNKNOWN,
                true,
                List.of(ENDPOINT),
                6,
                null,
                null,
                null,
                null,
                null));
        bare(new Reply.OperationState(
                OPERATION,
                OperationKind.TENANT_DELETE,
                OperationStage.ACCEPTED,
                TENANT,
                0,
                ShardCount.UNSHARDED,
                0,
                TenantConfig.EMPTY,
                false,
                null,
                null,
                0,
                null,
                null,
                false,
                null,
                false,
                List.of(),
                0,
                null,
                null,
                null,
                null,
                null));
    }

    private void nodeStates() {
        of(
                "node",
                new Reply.OperationState(
                        OPERATION,
                        OperationKind.TENANT_DELETE,
                        OperationStage.ACCEPTED,
                        null,
                        0,
                        null,
                        0,
                        TenantConfig.EMPTY,
                        false,
                        null,
                        null,
                        0,
                        null,
                        null,
                        false,
                        null,
                        false,
                        List.of(),
                        0,
                        NODE,
                        STEERING,
                        null,
                        null,
                        null));
        of(
                "deletion",
                new Reply.OperationState(
                        OPERATION,
                        OperationKind.NODE_DELETE,
                        OperationStage.PURGING,
                        null,
                        0,
                        null,
                        0,
                        TenantConfig.EMPTY,
                        false,
                        null,
                        null,
                        0,
                        null,
                        null,
                        false,
                        null,
                        false,
                        List.of(),
                        0,
                        NODE,
                        null,
                        NODE_ORDER,
                        null,
                        null));
        of(
                "split",
                new Reply.OperationState(
                        OPERATION,
                        OperationKind.SHARD_SPLIT,
                        OperationStage.FROZEN,
                        TENANT,
                        INCARNATION,
                        COUNT,
                        32_768,
                        CONFIG,
                        false,
                        null,
                        null,
                        0,
                        null,
                        null,
                        false,
                        null,
                        false,
                        List.of(ENDPOINT),
                        6,
                        null,
                        null,
                        null,
                        SPLIT_ORDER,
                        null));
    }

    private void timeTravels() {
        add(new TimeTravelTenant(TENANT, TIME_TRAVEL));
        add(new TimeTravelOrdered(OPERATION, TIME_TRAVEL));
        add(TIME_TRAVEL);
        of(
                "travel",
                new Reply.OperationState(
                        OPERATION,
                        OperationKind.TENANT_TIME_TRAVEL,
                        OperationStage.ACCEPTED,
                        TENANT,
                        0,
                        null,
                        0,
                        TenantConfig.EMPTY,
                        false,
                        null,
                        null,
                        0,
                        null,
                        null,
                        false,
                        null,
                        false,
                        List.of(ENDPOINT),
                        0,
                        null,
                        null,
                        null,
                        null,
                        TIME_TRAVEL));
    }

    private void records() {
        add(new CommandEnvelope(COMMAND, NOW_MS + 30_000, "gateway-1", new Tick()));
        bare(new CommandEnvelope(COMMAND, 0, "", new Tick()));
        add(new EventRecord(
                1_234,
                NOW_MS,
                COMMAND,
                "SetTenantPolicy",
                new Outcome.Accepted(new Reply.Done()),
                List.of(new SweepEnded("DueWork"), new MappingAcknowledged(TENANT, 6))));
        add(new DeadLetter(1_234, "unknown type", "{\"type\":\"FutureCommand\"}"));
        add(new ComputeMapping(TENANT, INCARNATION, 6, "eu-west-1b", COUNT, 32_768, List.of(NODE, OTHER_NODE)));
        bare(new ComputeMapping(TENANT, INCARNATION, 6, null, ShardCount.UNSHARDED, 0, List.of()));
        add(new NodeListingTask(NODE, "pageserver-12.example", 9898, 55, NOW_MS, -7));
        add(new StrayLocationsTask(NODE, "pageserver-12.example", 9898, List.of(SHARD, UNSHARDED)));
        add(new WorkBatch(NODE, List.of(ENDPOINT), List.of(TENANT_WORK), NOW_MS));
    }

    private void parts() {
        add(REJECTION);
        add(SHARD_REPORT);
        bare(new ShardReport(SHARD, 0, List.of(), List.of(), null, false, null));
        add(MAPPING_REPORT);
        add(ERROR);
        add(WORK);
        add(STEP);
        bare(FIRST_STEP);
        add(ATTACHED);
        of("counted", new MappingReport(TENANT, INCARNATION, 6, MappingReport.Result.FAILED, "500", 8, 20_000));
        add(CHOICE);
        bare(PlacementChoice.ordered(PlacementChoice.Role.SECONDARY, NODE));
        add(EXCLUSION);
        bare(ObservedLocation.unknown(NODE, 0));
        of("freeze", new WorkStep(NODE, WorkStep.Action.FREEZE, ATTACHED, false));
        add(ORDER);
        add(NODE_ORDER);
        bare(new NodeOrder(NodeSchedulingPolicy.ACTIVE, null));
        add(MOVE);
        bare(MOVE_ANYWHERE);
        of("planned", new ShardMove(SHARD, ShardMove.Action.PROMOTE, OTHER_NODE, PLANNED));
        of("planned", new NodeOrder(NodeSchedulingPolicy.ACTIVE, null, PLAN));
        add(PLAN_REF);
        add(INTENT);
        bare(new ShardIntent(null, List.of()));
        add(PLANNED);
        add(REGISTRATION);
        bare(new NodeRegistration(NODE, "10.0.0.1", 6400, "10.0.0.1", 9898, null, null, null, "az"));
        add(HEARTBEAT);
        bare(new Heartbeat(NODE, null, 0, null));
        add(LISTED);
        bare(new ListedLocation(UNSHARDED, null, null, 0));
        add(new ShardGeneration(SHARD, GENERATION));
        add(HOME_ZONE);
        bare(new SetHomeZones.HomeZone(UNSHARDED, null));
        add(UTILIZATION);
        bare(Utilization.of(400, 600));
        add(ENDPOINT);
        add(PROGRESS);
        bare(new OperationProgress("begin", 0, 0, null, List.of(), null, RunState.RUNNING, 0, List.of()));
        add(TRANSFER);
        add(new MoveAdvice(SHARD, TRANSFER));
        add(new WarmCopy(SHARD, OTHER_NODE));
        add(new OptimiserSettings(OptimiserMode.ON, OptimiserMode.ADVISE, 256, 64, 128, 8, 3));
        add(SKIPPED);
        add(STEP_TAKEN);
        bare(new OperationProgress.Step("begin", 0, null));
        add(STEERING);
        add(SUMMARY);
        bare(new OperationSummary(
                OperationKind.TENANT_DELETE, null, null, null, null, OperationStage.ACCEPTED, 0, null, null));
        of(
                "planned",
                new OperationSummary(
                        OperationKind.NODE_DRAIN,
                        null,
                        null,
                        NODE,
                        null,
                        OperationStage.ACCEPTED,
                        NOW_MS,
                        "run-1",
                        PROGRESS,
                        PLAN));
        bare(new OperationSteering(0, OperationSteering.Action.ABORT, null));
        add(TENANT_WORK);
        bare(new WorkBatch.TenantWork(TENANT, 0, ShardCount.UNSHARDED, 0, null, TenantConfig.EMPTY, false, List.of()));
        add(SPLIT_SETTINGS);
        bare(AutomaticSplitSettings.OFF);
        add(SHARD_SIZE);
        add(CANDIDATE);
        bare(new SplitCandidate(TENANT, ShardCount.UNSHARDED, 0, 0, "", SplitCandidate.Standing.ADVISED, null));
        add(ATTEMPT);
        bare(new SplitAttempt(TENANT, null, 0, 0, 0, null));
        add(SPLIT_ORDER);
        add(SPLIT_PARENT);
        add(SPLIT_CHILD);
        add(BORN);
        bare(new BornShard(0, GENERATION, NODE, List.of(), null, 0));
        add(SHARD_TASK);
        bare(new WorkBatch.ShardTask(SHARD, 0, null, false, List.of()));
    }

    private void add(Object message) {
        put(message, "");
    }

    private void bare(Object message) {
        put(message, "-bare");
    }

    private void of(String what, Object message) {
        put(message, "-" + what);
    }

    private void put(Object message, String suffix) {
        if (byName.put(nameOf(message.getClass(), suffix), message) != null) {
            throw new AssertionError("two samples of " + message.getClass().getSimpleName() + suffix);
        }
    }

    /** The file of a message as this build writes it. */
    static String nameOf(Class<?> message, String suffix) {
        int version = MessageTypes.versionOf(MessageTypes.tagOf(message));
        return WireTypes.groupOf(message) + "/" + MessageTypes.tagOf(message) + suffix
                + (version == 1 ? ".json" : ".v" + version + ".json");
    }
}
