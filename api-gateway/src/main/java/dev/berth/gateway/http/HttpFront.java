package dev.berth.gateway.http;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The listening server with its routes. */
public final class HttpFront implements AutoCloseable {
    private final ApplicationContext context;
    private final EmbeddedServer server;

    private HttpFront(ApplicationContext context, EmbeddedServer server) {
        this.context = context;
        this.server = server;
    }

    /**
     * Listens, from when this returns.
     *
     * @param port 0 for any free one
     * @param threads runs handlers that may block
     */
    public static HttpFront start(
            String host,
            int port,
            int tenantRateLimit,
            List<Route> routes,
            Cell cell,
            Startup startup,
            MeterRegistry meters,
            Executor threads) {
        TenantRateLimit rateLimit = new TenantRateLimit(tenantRateLimit, tenantRateLimit);
        Dispatcher dispatcher = new Dispatcher(cell, startup, rateLimit, new HttpMetrics(meters), threads);
        ApplicationContext context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .banner(false)
                .properties(properties(host, port))
                .singletons(new Front.FrontParts(new Router(routes), dispatcher, cell::position))
                .build();
        try {
            context.start();
            EmbeddedServer server = context.getBean(EmbeddedServer.class);
            server.start();
            return new HttpFront(context, server);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    private static Map<String, Object> properties(String host, int port) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("micronaut.server.host", host);
        properties.put("micronaut.server.port", port == 0 ? -1 : port);
        properties.put("micronaut.server.max-request-size", Limits.BODY_BYTES_MAX);
        properties.put("micronaut.server.max-request-buffer-size", Limits.BODY_BYTES_MAX);
        properties.put("micronaut.server.date-header", true);
        properties.put("micronaut.server.idle-timeout", "5m");
        properties.put("micronaut.server.netty.max-initial-line-length", 16 * 1024);
        properties.put("micronaut.server.http-version", "1.1");
        return properties;
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.stop();
        context.close();
    }
}
