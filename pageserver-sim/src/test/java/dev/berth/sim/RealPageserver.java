package dev.berth.sim;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One real pageserver. It keeps its id, address and disk while its process is killed and started again. */
public final class RealPageserver {
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final RealPageservers all;
    private final long id;
    private final Path home;
    private final URI base;
    private @Nullable Process process;

    RealPageserver(RealPageservers all, long id, String zone, URI controller) throws Exception {
        this.all = all;
        this.id = id;
        this.home = Files.createDirectory(all.folder().resolve("node-" + id));
        int http = RealPageservers.freePort();
        int pg = RealPageservers.freePort();
        this.base = URI.create("http://127.0.0.1:" + http);
        Files.writeString(home.resolve("identity.toml"), "id = " + id + "\n");
        Files.writeString(home.resolve("metadata.json"), """
                {"host": "127.0.0.1", "port": %d, "http_host": "127.0.0.1", "http_port": %d, "availability_zone_id": "%s"}
                """.formatted(pg, http, zone));
        Files.writeString(home.resolve("pageserver.toml"), """
                listen_pg_addr = '127.0.0.1:%d'
                listen_http_addr = '127.0.0.1:%d'
                availability_zone = '%s'
                broker_endpoint = 'http://127.0.0.1:%d'
                virtual_file_io_engine = 'std-fs'
                no_sync = true
                background_task_maximum_delay = '0s'
                control_plane_api = '%s/upcall/v1/'
                pg_distrib_dir = '%s'
                remote_storage = { local_path = '%s' }
                [tenant_config]
                heatmap_period = '1 s'
                """.formatted(
                pg, http, zone, all.brokerPort(), controller, all.folder().resolve("pg"), all.remote()));
        RealPageservers.own(home);
    }

    public long id() {
        return id;
    }

    public URI baseUri() {
        return base;
    }

    /** Returns at once; see {@link #awaitReady}. */
    public RealPageserver start() throws IOException {
        process = all.spawn("pageserver", "-D", home.toString());
        return this;
    }

    /** Returns when the pageserver answers; before that the controller has to answer it. */
    public RealPageserver awaitReady() {
        ApiClient client = new ApiClient(base);
        await("pageserver " + id + " answers")
                .atMost(START_MAX)
                .ignoreExceptions()
                .until(() -> client.get("/v1/status").status() == 200);
        return this;
    }

    public boolean isRunning() {
        return process != null;
    }

    /** SIGKILL, and the wait for the end. */
    public void kill() {
        Process running = process;
        process = null;
        if (running != null) {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
            running.onExit().join();
        }
    }
}
