package dev.berth.gateway.http.debug;

import dev.berth.gateway.GatewayOptions;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Answer;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.Route;
import dev.berth.gateway.http.Startup;
import dev.berth.scheduler.core.state.ControllerView;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/** Whether the service is up, what it counts, and a page for people (http-api 4). */
public final class HealthController {
    private final GatewayOptions options;
    private final Cell cell;
    private final Startup startup;
    private final PrometheusMeterRegistry metrics;
    private final CellMetrics cellMetrics;
    private final AutomaticSplitGauges automaticSplits;
    private final ProcessMetrics processMetrics;

    public HealthController(GatewayOptions options, Cell cell, Startup startup, PrometheusMeterRegistry metrics) {
        this.options = options;
        this.cell = cell;
        this.startup = startup;
        this.metrics = metrics;
        this.cellMetrics = new CellMetrics(cell, metrics);
        this.automaticSplits = new AutomaticSplitGauges(cell, metrics);
        this.processMetrics = ProcessMetrics.of(metrics, options.version());
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/status", "status", call -> Answer.OK_NULL).quickly(call -> Answer.OK_NULL),
                Route.get("/ready", "ready", this::ready),
                Route.get("/live", "live", this::ready),
                Route.get("/metrics", "metrics", this::scrape),
                Route.get("/profile/cpu", "profile_cpu", HealthController::noProfiler),
                Route.get("/profile/heap", "profile_heap", HealthController::noProfiler),
                new Route(dev.berth.gateway.http.HttpMethod.GET, "/", null, false, false, this::page, null));
    }

    private Answer ready(Call call) {
        return startup.isOpen() ? Answer.OK_NULL : Answer.ofNull(503);
    }

    private Answer scrape(Call call) {
        cellMetrics.refresh();
        automaticSplits.refresh();
        processMetrics.served();
        return Answer.text("text/plain; version=0.0.4", metrics.scrape());
    }

    private static Answer noProfiler(Call call) {
        throw ApiError.internal("profiling is not available; use the tools of the JDK");
    }

    private Answer page(Call call) {
        ControllerView state = cell.stateIfReady();
        String counts = state == null
                ? "<p>The state of the cell is being read.</p>"
                : "<ul><li>" + state.tenants().size() + " tenants, "
                        + state.totals().shards() + " shards, "
                        + state.totals().inFlight() + " being worked on</li><li>"
                        + state.nodes().size()
                        + " pageservers</li><li>" + state.operations().size() + " open operations</li><li>position "
                        + cell.position() + "</li></ul>";
        String workflows = options.temporalUi() == null
                ? ""
                : "<p><a href=\"" + escaped(options.temporalUi().toString())
                        + "\">Workflows of long operations</a></p>";
        return Answer.text("text/html; charset=utf-8", """
                <!doctype html>
                <html lang="en"><head><title>Berth %1$s</title></head>
                <body style="font-family: sans-serif; margin: 3em">
                <h1>Berth</h1>
                <p>Storage controller of cell <b>%1$s</b>, version %2$s.</p>
                %3$s
                %4$s
                <p><a href="/control/v1/node">Nodes</a> &middot; <a href="/control/v1/tenant?limit=100">Tenants</a> &middot;
                <a href="/debug/v1/scheduler">Placement</a> &middot; <a href="/metrics">Metrics</a></p>
                </body></html>
                """.formatted(
                        escaped(options.cell()), escaped(options.version()), counts, workflows));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
