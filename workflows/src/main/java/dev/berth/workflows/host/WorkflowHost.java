package dev.berth.workflows.host;

import dev.berth.workflows.common.ActivityDefaults;
import dev.berth.workflows.common.OperationActivitiesImpl;
import dev.berth.workflows.common.WorkflowIds;
import dev.berth.workflows.delete.DeleteTenantActivitiesImpl;
import dev.berth.workflows.delete.DeleteTenantWorkflowImpl;
import dev.berth.workflows.migrate.MigrateShardActivitiesImpl;
import dev.berth.workflows.migrate.MigrateShardWorkflowImpl;
import dev.berth.workflows.node.DeleteNodeWorkflowImpl;
import dev.berth.workflows.node.DrainNodeWorkflowImpl;
import dev.berth.workflows.node.FillNodeWorkflowImpl;
import dev.berth.workflows.node.NodeActivitiesImpl;
import dev.berth.workflows.split.SplitTenantActivitiesImpl;
import dev.berth.workflows.split.SplitTenantWorkflowImpl;
import dev.berth.workflows.timetravel.TimeTravelActivitiesImpl;
import dev.berth.workflows.timetravel.TimeTravelWorkflowImpl;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts a cell's workflows in this process. Temporal may be away when it starts and go away later: it is connected in the background,
 * and nothing but operations waits for it.
 */
public final class WorkflowHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkflowHost.class);
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final long PAUSE_MS_MAX = 5_000;
    private static final int PARALLEL = 256;

    /** Operations that may wait here at once, each with a connection to a pageserver. */
    private static final int STAYS = 2_000;

    private final HostOptions options;
    private final HostedOperations operations;
    private final Thread connecting;
    private volatile boolean closed;
    private volatile @Nullable String obstacle = "not connected to Temporal yet";
    private @Nullable WorkflowServiceStubs stubs;
    private @Nullable WorkerFactory factory;
    private @Nullable OperationStarter starter;

    private WorkflowHost(HostOptions options, HostedOperations operations) {
        this.options = options;
        this.operations = operations;
        this.connecting = Thread.ofPlatform().daemon().name("temporal-connect").start(this::connect);
    }

    public static WorkflowHost start(HostOptions options, HostedOperations operations) {
        return new WorkflowHost(options, operations);
    }

    /** Why operations are not carried out here; null when they are. */
    public @Nullable String obstacle() {
        return obstacle;
    }

    private void connect() {
        long pauseMs = 100;
        while (!closed) {
            try {
                tryConnect();
                obstacle = null;
                LOG.info(
                        "hosting operations target={} queue={}",
                        options.target(),
                        options.ids().taskQueue());
                return;
            } catch (RuntimeException e) {
                boolean isNews = !String.valueOf(e.getMessage()).equals(obstacle);
                obstacle = String.valueOf(e.getMessage());
                if (isNews && !closed) {
                    LOG.warn("operations wait for Temporal target={} reason={}", options.target(), e.getMessage());
                }
                disconnect();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(pauseMs);
            } catch (InterruptedException e) {
                return;
            }
            pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs);
        }
    }

    private synchronized void tryConnect() {
        if (closed) {
            return;
        }
        stubs = WorkflowServiceStubs.newConnectedServiceStubs(
                WorkflowServiceStubsOptions.newBuilder()
                        .setTarget(options.target())
                        .build(),
                CONNECT_MAX);
        Runnable preparation = () -> SearchAttributeSetup.ensure(options.target(), options.namespace());
        preparation.run();
        WorkflowClient client = WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setNamespace(options.namespace())
                        .setIdentity(options.identity())
                        .build());
        factory = factory(client, ActivityDefaults.SIGN_OF_LIFE);
        host(factory, options.ids().taskQueue(), operations, options.secondaryLagBytesMax());
        factory.start();
        starter = new OperationStarter(client, options.namespace(), options.ids(), operations.open(), preparation);
    }

    /** Of workers whose activities give a sign of life so often. */
    public static WorkerFactory factory(WorkflowClient client, Duration signOfLife) {
        return WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(new SignsOfLife(signOfLife))
                        .build());
    }

    /** Lets workers of the factory carry out operations. */
    public static void host(
            WorkerFactory factory, String taskQueue, HostedOperations operations, long secondaryLagBytesMax) {
        Worker worker = factory.newWorker(
                taskQueue,
                WorkerOptions.newBuilder()
                        .setUsingVirtualThreads(true)
                        .setMaxConcurrentWorkflowTaskExecutionSize(PARALLEL)
                        .setMaxConcurrentLocalActivityExecutionSize(PARALLEL)
                        .setMaxConcurrentActivityExecutionSize(PARALLEL)
                        .setMaxConcurrentWorkflowTaskPollers(4)
                        .setMaxConcurrentActivityTaskPollers(2)
                        .build());
        worker.registerWorkflowImplementationTypes(
                MigrateShardWorkflowImpl.class,
                DeleteTenantWorkflowImpl.class,
                SplitTenantWorkflowImpl.class,
                TimeTravelWorkflowImpl.class,
                DrainNodeWorkflowImpl.class,
                FillNodeWorkflowImpl.class,
                DeleteNodeWorkflowImpl.class);
        Object[] staying = {
            new MigrateShardActivitiesImpl(
                    operations.pageservers(), operations.ledger(), operations.state(), operations.time()),
            new DeleteTenantActivitiesImpl(
                    operations.pageservers(), operations.ledger(), operations.state(), operations.time())
        };
        worker.registerActivitiesImplementations(staying);
        worker.registerActivitiesImplementations(
                new OperationActivitiesImpl(operations.commands()),
                new NodeActivitiesImpl(
                        operations.commands(),
                        operations.pageservers(),
                        operations.ledger(),
                        operations.state(),
                        secondaryLagBytesMax),
                new SplitTenantActivitiesImpl(
                        operations.commands(), operations.pageservers(), operations.splits(), operations.state()),
                new TimeTravelActivitiesImpl(operations.pageservers(), operations.state()));
        factory.newWorker(
                        WorkflowIds.stays(taskQueue),
                        WorkerOptions.newBuilder()
                                .setUsingVirtualThreads(true)
                                .setMaxConcurrentActivityExecutionSize(STAYS)
                                .setMaxConcurrentActivityTaskPollers(1)
                                .build())
                .registerActivitiesImplementations(staying);
    }

    private synchronized void disconnect() {
        closeStarter();
        if (factory != null) {
            factory.shutdownNow();
            factory = null;
        }
        if (stubs != null) {
            stubs.shutdownNow();
            stubs = null;
        }
    }

    private void closeStarter() {
        if (starter != null) {
            try {
                starter.close();
            } catch (Exception e) {
                LOG.warn("the starter of operations did not close", e);
            }
            starter = null;
        }
    }

    /** Runs go on elsewhere, or here when the process is back. */
    @Override
    public void close() {
        closed = true;
        connecting.interrupt();
        disconnect();
    }
}
