package dev.berth.standalone.frontdoor;

import dev.berth.standalone.Berth;
import dev.berth.standalone.cluster.BerthCluster;
import dev.berth.standalone.cluster.JavaProcess;
import dev.berth.standalone.serve.Role;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Gateway, scheduler and workers of one cell as processes of their own, made to be killed. */
final class BerthProcesses implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(90);

    private final BerthCluster cluster;
    private final int port;
    private final URI controlPlane;
    private final List<String> settings;
    private final Map<Role, JavaProcess> running = new EnumMap<>(Role.class);

    /** Pageservers count as gone after three seconds without an answer. */
    BerthProcesses(BerthCluster cluster, int port, URI controlPlane) {
        this(cluster, port, controlPlane, List.of("--max-offline-interval", "3s"));
    }

    /** With settings besides those that say where everything is. */
    BerthProcesses(BerthCluster cluster, int port, URI controlPlane, List<String> settings) {
        this.cluster = cluster;
        this.port = port;
        this.controlPlane = controlPlane;
        this.settings = settings;
    }

    /** All three at once, and returns when they serve. */
    BerthProcesses startAll() {
        List<Role> roles = List.of(Role.SCHEDULER, Role.WORKERS, Role.GATEWAY);
        roles.forEach(this::launch);
        roles.forEach(this::awaitReady);
        return this;
    }

    void kill(Role role) {
        process(role).kill();
    }

    void restart(Role role) {
        launch(role);
        awaitReady(role);
    }

    /** Beside the first, with a state of its own; it may take long to be ready, or never be while the first lives. */
    JavaProcess launchSecondScheduler() {
        return JavaProcess.start(cluster.workDir(), Berth.class, arguments(Role.SCHEDULER, "second"));
    }

    private void launch(Role role) {
        running.put(role, JavaProcess.start(cluster.workDir(), Berth.class, arguments(role, "state")));
    }

    private void awaitReady(Role role) {
        process(role).awaitLine("ready", READY_MAX);
    }

    private JavaProcess process(Role role) {
        JavaProcess process = running.get(role);
        if (process == null) {
            throw new IllegalStateException("no process runs the " + role);
        }
        return process;
    }

    private List<String> arguments(Role role, String state) {
        List<String> arguments = new ArrayList<>();
        arguments.add(role.name().toLowerCase(Locale.ROOT));
        arguments.addAll(List.of("--cell", cluster.cell(), "--listen", "127.0.0.1:" + port));
        arguments.addAll(List.of("--kafka", cluster.bootstrapServers(), "--database-url", cluster.databaseUrl()));
        arguments.addAll(List.of("--temporal", cluster.temporal(), "--control-plane-url", controlPlane.toString()));
        arguments.addAll(List.of("--state-dir", cluster.workDir().resolve(state).toString()));
        arguments.addAll(List.of("--heartbeat-interval", "1s"));
        arguments.addAll(settings);
        return arguments;
    }

    @Override
    public void close() {
        running.values().forEach(JavaProcess::close);
    }
}
