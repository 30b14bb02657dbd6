package dev.berth.workflows.host;

import dev.berth.schemas.model.OperationSteering;
import dev.berth.workflows.common.Failures;
import dev.berth.workflows.common.OperationAttributes;
import dev.berth.workflows.common.OperationInput;
import dev.berth.workflows.common.OperationInput.Purpose;
import dev.berth.workflows.common.WorkflowIds;
import dev.berth.workflows.delete.DeleteTenantWorkflow;
import dev.berth.workflows.migrate.MigrateShardWorkflow;
import dev.berth.workflows.node.DeleteNodeWorkflow;
import dev.berth.workflows.node.DrainNodeWorkflow;
import dev.berth.workflows.node.FillNodeWorkflow;
import dev.berth.workflows.port.OpenOperations;
import dev.berth.workflows.port.OpenOperations.OpenOperation;
import dev.berth.workflows.split.SplitTenantWorkflow;
import dev.berth.workflows.timetravel.TimeTravelWorkflow;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every open operation has a run (P22). Any number of processes may do so at once: the workflow's id admits one run, and a
 * start that is lost is made up for by the next look.
 */
final class OperationStarter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationStarter.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    /** From so many on, idle operations are looked for among all that run; fewer are asked for one by one. */
    private static final int LISTED_FROM = 10;

    /** Every so many looks they are asked for one by one all the same: Temporal's index may be wrong for good. */
    private static final int LISTED_LOOKS = 30;

    private static final Duration TASK_MAX = Duration.ofSeconds(5);

    private final WorkflowClient client;
    private final WorkflowIds ids;
    private final Runs runs;
    private final OpenOperations operations;
    private final Runnable preparation;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("operation-starter").factory());
    private final AutoCloseable subscription;
    private int looks;

    /** The preparation makes Temporal know what a start needs; it is repeated when Temporal has forgotten it. */
    OperationStarter(
            WorkflowClient client, String namespace, WorkflowIds ids, OpenOperations operations, Runnable preparation) {
        this.client = client;
        this.ids = ids;
        this.runs = new Runs(client, namespace, ids.cell());
        this.operations = operations;
        this.preparation = preparation;
        this.subscription = operations.onNews(
                operation -> threads.execute(() -> start(operation)),
                operation -> threads.execute(() -> trySteer(operation)));
        // Accepted before this process listened.
        operations.open().stream()
                .filter(operation -> !operation.begun())
                .forEach(operation -> threads.execute(() -> start(operation)));
        timer.scheduleWithFixedDelay(this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Never throws: the timer would not call it again. */
    void look() {
        try {
            List<OpenOperation> open = operations.open();
            lookUp(open.stream()
                    .filter(operation -> operation.idle().compareTo(IDLE_MAX) >= 0)
                    .toList());
            open.forEach(this::trySteer);
        } catch (RuntimeException e) {
            LOG.warn("open operations could not be looked up: {}", e.getMessage());
        }
    }

    /** Many are asked for at once: an operation that waits gives no sign of life for hours. */
    private void lookUp(List<OpenOperation> idle) {
        looks++;
        boolean oneByOne = idle.size() < LISTED_FROM || looks % LISTED_LOOKS == 0;
        Set<String> running = oneByOne ? Set.of() : runs.running();
        idle.forEach(operation -> tryLookUp(operation, running));
    }

    private void tryLookUp(OpenOperation operation, Set<String> running) {
        try {
            String workflow = ids.workflow(operation.id());
            lookUp(
                    operation,
                    running.contains(workflow)
                            ? WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
                            : runs.status(workflow));
        } catch (RuntimeException e) {
            LOG.warn("operation {} could not be looked up: {}", operation.id(), e.getMessage());
        }
    }

    private void lookUp(OpenOperation operation, WorkflowExecutionStatus first) {
        switch (first) {
            case WORKFLOW_EXECUTION_STATUS_UNSPECIFIED -> start(operation);
            case WORKFLOW_EXECUTION_STATUS_RUNNING,
                    WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW,
                    WORKFLOW_EXECUTION_STATUS_PAUSED -> {
                if (operation.preempted()) {
                    wake(operation);
                }
            }
            case WORKFLOW_EXECUTION_STATUS_COMPLETED,
                    WORKFLOW_EXECUTION_STATUS_FAILED,
                    WORKFLOW_EXECUTION_STATUS_CANCELED,
                    WORKFLOW_EXECUTION_STATUS_TERMINATED,
                    WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
                    UNRECOGNIZED -> recover(operation, first);
        }
    }

    /** A run that a person has paused would not notice, and the shard could not be migrated until it is resumed. */
    private void wake(OpenOperation operation) {
        client.newUntypedWorkflowStub(ids.workflow(operation.id())).signal("abort", "the shard was failed over");
    }

    /**
     * Tells the run what was asked of the operation, and tells it again at each look until it says that it knows. A run that begins later
     * is told by the state machine.
     */
    private void trySteer(OpenOperation operation) {
        OperationSteering untold = operation.untold();
        if (untold == null) {
            return;
        }
        try {
            if (!runs.signal(ids.workflow(operation.id()), untold)) {
                runs.signal(ids.recovery(operation.id()), untold);
            }
        } catch (RuntimeException e) {
            LOG.warn("operation {} could not be told {}: {}", operation.id(), untold.action(), e.getMessage());
        }
    }

    void start(OpenOperation operation) {
        run(
                operation,
                ids.workflow(operation.id()),
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
                Purpose.CARRY_OUT);
    }

    private void recover(OpenOperation operation, WorkflowExecutionStatus ended) {
        LOG.info("operation {} is open though its run has ended as {}: it is recovered", operation.id(), ended);
        run(
                operation,
                ids.recovery(operation.id()),
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
                Purpose.RECOVER);
    }

    private void run(OpenOperation operation, String workflow, WorkflowIdReusePolicy reuse, Purpose purpose) {
        OperationInput input = new OperationInput(
                operation.id(),
                operation.kind(),
                operation.tenant(),
                operation.shard(),
                operation.origin(),
                operation.destination(),
                purpose,
                operation.node());
        WorkflowOptions options = WorkflowOptions.newBuilder()
                .setWorkflowId(workflow)
                .setTaskQueue(ids.taskQueue())
                .setWorkflowIdReusePolicy(reuse)
                .setWorkflowTaskTimeout(TASK_MAX)
                .setDisableEagerExecution(false)
                .setStaticSummary(summary(operation))
                .setTypedSearchAttributes(OperationAttributes.of(ids.cell(), input))
                .build();
        try {
            switch (operation.kind()) {
                case SHARD_MIGRATION ->
                    WorkflowClient.start(client.newWorkflowStub(MigrateShardWorkflow.class, options)::migrate, input);
                case TENANT_DELETE ->
                    WorkflowClient.start(client.newWorkflowStub(DeleteTenantWorkflow.class, options)::delete, input);
                case NODE_DRAIN ->
                    WorkflowClient.start(client.newWorkflowStub(DrainNodeWorkflow.class, options)::drain, input, null);
                case NODE_FILL ->
                    WorkflowClient.start(client.newWorkflowStub(FillNodeWorkflow.class, options)::fill, input, null);
                case NODE_DELETE ->
                    WorkflowClient.start(
                            client.newWorkflowStub(DeleteNodeWorkflow.class, options)::delete, input, null);
                case SHARD_SPLIT ->
                    WorkflowClient.start(client.newWorkflowStub(SplitTenantWorkflow.class, options)::split, input);
                case TENANT_TIME_TRAVEL ->
                    WorkflowClient.start(client.newWorkflowStub(TimeTravelWorkflow.class, options)::travel, input);
            }
        } catch (WorkflowExecutionAlreadyStarted e) {
            LOG.debug("operation {} has a run already", operation.id());
        } catch (RuntimeException e) {
            LOG.warn("operation {} could not be started, it is tried again: {}", operation.id(), Failures.reason(e));
            prepareIfForgotten(e);
        }
    }

    private void prepareIfForgotten(RuntimeException failure) {
        if (failure.getCause() instanceof StatusRuntimeException status
                && status.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
            try {
                preparation.run();
            } catch (RuntimeException e) {
                LOG.warn("Temporal could not be prepared: {}", e.getMessage());
            }
        }
    }

    private static String summary(OpenOperation operation) {
        return switch (operation.kind()) {
            case SHARD_MIGRATION ->
                "Migrate shard " + operation.shard() + " from node " + operation.origin() + " to node "
                        + operation.destination();
            case TENANT_DELETE -> "Delete tenant " + operation.tenant();
            case NODE_DRAIN -> "Drain node " + operation.node();
            case NODE_FILL -> "Fill node " + operation.node();
            case NODE_DELETE -> "Delete node " + operation.node();
            case SHARD_SPLIT -> "Split the shards of tenant " + operation.tenant();
            case TENANT_TIME_TRAVEL -> "Bring back the remote storage of tenant " + operation.tenant();
        };
    }

    @Override
    public void close() throws Exception {
        subscription.close();
        timer.shutdownNow();
        threads.shutdownNow();
    }
}
