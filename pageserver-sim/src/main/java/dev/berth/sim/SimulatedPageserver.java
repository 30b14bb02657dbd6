package dev.berth.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultPlan;
import dev.berth.sim.fault.FaultRule;
import dev.berth.sim.fault.Knobs;
import dev.berth.sim.http.ApiError;
import dev.berth.sim.http.HttpListener;
import dev.berth.sim.http.Json;
import dev.berth.sim.http.Request;
import dev.berth.sim.http.Response;
import dev.berth.sim.location.LocationConfig;
import dev.berth.sim.location.ShardId;
import dev.berth.sim.node.Journal;
import dev.berth.sim.node.NodeProcess;
import dev.berth.sim.node.Violation;
import dev.berth.sim.remote.RemoteStorage;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One simulated node. It keeps its id, address and disk while its process is started, stopped, killed and started again;
 * faults and knobs stay as they are meanwhile.
 */
public final class SimulatedPageserver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedPageserver.class);
    private static final String ADMIN = "sim";

    private final NodeOptions options;
    private final RemoteStorage remote;
    private final FaultPlan faults = new FaultPlan();
    private final Knobs knobs = new Knobs();
    private final Set<ShardId> stuck = ConcurrentHashMap.newKeySet();
    private final Journal journal;
    private final AdminRoutes admin = new AdminRoutes(this);
    private volatile @Nullable NodeProcess process;
    private volatile @Nullable HttpListener listener;
    private int httpPort;

    public SimulatedPageserver(NodeOptions options, RemoteStorage remote) {
        this.options = options;
        this.remote = remote;
        this.journal = new Journal(options.id(), remote);
        this.httpPort = options.httpPort();
    }

    /** Takes the port and begins the start; requests are answered when the controller has answered re-attach. */
    public synchronized SimulatedPageserver start() {
        if (process != null) {
            throw new IllegalStateException("node " + options.id() + " runs already");
        }
        NodeProcess fresh = new NodeProcess(
                new NodeProcess.Surroundings(
                        options.id(),
                        options.settings(),
                        knobs,
                        faults.partition(),
                        stuck,
                        remote,
                        options.disk(),
                        journal),
                options.controller());
        HttpListener bound = bind();
        httpPort = bound.port();
        process = fresh;
        listener = bound;
        journal.count("starts");
        fresh.start(registration(), bound::serve);
        return this;
    }

    private HttpListener bind() {
        return HttpListener.bind(new InetSocketAddress(options.host(), httpPort), this::handle);
    }

    private ObjectNode registration() {
        return Json.object()
                .put("node_id", options.id())
                .put("listen_pg_addr", options.host())
                .put("listen_pg_port", options.pgPort())
                .putNull("listen_grpc_addr")
                .putNull("listen_grpc_port")
                .put("listen_http_addr", options.host())
                .put("listen_http_port", httpPort)
                .putNull("listen_https_port")
                .put("availability_zone_id", options.zone())
                .putNull("node_ip_addr");
    }

    /** Waits until requests are answered. */
    public SimulatedPageserver awaitReady(Duration bound) throws InterruptedException, TimeoutException {
        NodeProcess current = process;
        if (current == null) {
            throw new IllegalStateException("node " + options.id() + " does not run");
        }
        try {
            current.started().get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return this;
    }

    /** True from a start to a stop or kill, whether or not requests are answered yet. */
    public boolean isRunning() {
        return process != null;
    }

    /** True once requests are answered, until the process ends. */
    public boolean isReady() {
        NodeProcess current = process;
        return current != null
                && current.started().isDone()
                && !current.started().isCompletedExceptionally();
    }

    /** A clean stop: what has come in is made durable first. */
    public void stop() {
        NodeProcess current = process;
        if (current != null && isReady()) {
            current.flush();
        }
        kill();
    }

    /** Ends the process at once. Connections are cut and new ones refused; the disk stays. */
    public synchronized void kill() {
        HttpListener port = listener;
        NodeProcess current = process;
        listener = null;
        process = null;
        if (current != null) {
            current.end();
        }
        if (port != null) {
            port.kill();
        }
    }

    /** Kills the process and starts a new one, which is not ready yet on return. */
    public synchronized void restart(Restart how) {
        kill();
        if (how == Restart.WITH_EMPTY_DISK) {
            options.disk().wipe();
        }
        start();
    }

    /** What a restart finds on the disk. */
    public enum Restart {
        WITH_DISK,
        WITH_EMPTY_DISK
    }

    @Override
    public void close() {
        faults.clear();
        faults.partition().set(false, false);
        kill();
    }

    public long id() {
        return options.id();
    }

    public String zone() {
        return options.zone();
    }

    /** Where the API is; known after the first start. */
    public URI baseUri() {
        return URI.create("http://" + options.host() + ":" + httpPort);
    }

    public FaultPlan faults() {
        return faults;
    }

    public Knobs knobs() {
        return knobs;
    }

    public Journal journal() {
        return journal;
    }

    public List<Violation> violations() {
        return journal.violations();
    }

    /** Stops or resumes the intake of WAL on all timelines, from this moment on. */
    public void stallLsn(boolean stalled) {
        NodeProcess current = process;
        if (current != null) {
            current.settleLsns();
        }
        knobs.stallLsn(stalled);
        if (current != null) {
            current.settleLsns();
        }
    }

    /** Makes the slot of a shard look busy for good, or ends that. */
    public void stickSlot(ShardId shard, boolean isStuck) {
        if (isStuck) {
            stuck.add(shard);
        } else {
            stuck.remove(shard);
        }
    }

    /** What the slots hold, empty where one is busy; nothing while the node is down. */
    public Map<ShardId, Optional<LocationConfig>> locations() {
        NodeProcess current = process;
        return current == null ? Map.of() : current.locations();
    }

    /** Objects that wait to be deleted. */
    public int pendingDeletions() {
        NodeProcess current = process;
        return current == null ? 0 : current.pendingDeletions();
    }

    /** All violations that the remote storage knows of, by any node and process. */
    public List<Violation> violationsInRemote() {
        return Journal.violationsIn(remote);
    }

    /** Closes the port while the node lives on, and opens it again after the time. */
    public void closeListener(Duration duration) {
        HttpListener port = listener;
        NodeProcess owner = process;
        if (port == null || owner == null) {
            return;
        }
        Thread.ofVirtual().name("listener-" + options.id()).start(() -> {
            port.close();
            try {
                Thread.sleep(duration);
            } catch (InterruptedException e) {
                return;
            }
            reopen(owner);
        });
    }

    private synchronized void reopen(NodeProcess owner) {
        if (process == owner) {
            listener = bind().serve();
        }
    }

    /** Answers an administrative request, wherever it came in. */
    Response administer(Request request) throws InterruptedException {
        return admin.handle(request);
    }

    private Response handle(Request request) throws InterruptedException {
        if (request.segments().getFirst().equals(ADMIN)) {
            return administer(request);
        }
        if (faults.partition().inbound()) {
            faults.partition().awaitInboundHealed();
            return Response.dropped();
        }
        journal.count("requests");
        Optional<Response> spoiled = inject(FaultRule.Phase.BEFORE, request);
        if (spoiled.isPresent()) {
            return spoiled.get();
        }
        Response response = serve(request);
        if (faults.partition().inbound()) {
            return Response.dropped();
        }
        return inject(FaultRule.Phase.AFTER, request).orElse(response);
    }

    private Response serve(Request request) throws InterruptedException {
        NodeProcess current = process;
        if (current == null) {
            return Response.dropped();
        }
        try {
            return current.router().handle(request);
        } catch (ApiError e) {
            return e.toResponse();
        }
    }

    private Optional<Response> inject(FaultRule.Phase phase, Request request) throws InterruptedException {
        for (FaultRule rule : faults.taking(phase, request.method(), request.uri())) {
            LOG.debug("fault node={} uri={} rule={}", options.id(), request.uri(), rule.describe());
            journal.count("faults");
            switch (rule.action()) {
                case FaultAction.Delay(Duration duration) -> Thread.sleep(duration);
                case FaultAction.Answer(int status, String msg) -> {
                    return Optional.of(ApiError.of(status, msg).toResponse());
                }
                case FaultAction.Hang() -> {
                    rule.awaitCleared();
                    return Optional.of(Response.dropped());
                }
                case FaultAction.Drop() -> {
                    return Optional.of(Response.dropped());
                }
                case FaultAction.CloseListener(Duration duration) -> {
                    closeListener(duration);
                    return Optional.of(Response.dropped());
                }
            }
        }
        return Optional.empty();
    }
}
