package dev.berth.gateway.http;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.command.Failures;
import dev.berth.gateway.error.ApiError;
import dev.berth.schemas.id.TenantId;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings calls to their handlers: at once where a handler can answer from memory, otherwise on a thread of the call's own, after the
 * start-up gate, the position asked for and the tenant's allowance. Everything thrown becomes an answer.
 */
final class Dispatcher {
    /** Sent with every answer, and by callers that have seen one elsewhere. */
    static final String POSITION_HEADER = "Berth-Position";

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final Cell cell;
    private final Startup startup;
    private final TenantRateLimit rateLimit;
    private final HttpMetrics metrics;
    private final Executor threads;
    private final AtomicInteger running = new AtomicInteger();

    Dispatcher(Cell cell, Startup startup, TenantRateLimit rateLimit, HttpMetrics metrics, Executor threads) {
        this.cell = cell;
        this.startup = startup;
        this.rateLimit = rateLimit;
        this.metrics = metrics;
        this.threads = threads;
    }

    /** The answer if there is one without blocking. */
    @Nullable
    Answer quickly(Call call) {
        Route.Quick quick = call.route().quick();
        if (quick == null || !startup.isOpen() || call.header(POSITION_HEADER).isPresent()) {
            return null;
        }
        long begun = System.nanoTime();
        Answer answer;
        try {
            answer = quick.handle(call);
        } catch (Exception e) {
            answer = failed(call, e);
        }
        if (answer != null) {
            metrics.served(call.route(), answer.status(), System.nanoTime() - begun);
        }
        return answer;
    }

    /** Answers on another thread. */
    void dispatch(Call call, Consumer<Answer> then) {
        if (running.incrementAndGet() > Limits.REQUESTS_MAX) {
            running.decrementAndGet();
            then.accept(Answer.of(
                    ApiError.unavailable("more than " + Limits.REQUESTS_MAX + " requests are being answered")));
            return;
        }
        long begun = System.nanoTime();
        threads.execute(() -> {
            Answer answer;
            try {
                answer = answer(call);
            } catch (Exception e) {
                answer = failed(call, e);
            } finally {
                running.decrementAndGet();
            }
            metrics.served(call.route(), answer.status(), System.nanoTime() - begun);
            then.accept(answer);
        });
    }

    private Answer answer(Call call) throws Exception {
        if (call.route().gated()) {
            startup.await();
        }
        if (call.route().limited()) {
            delay(call);
        }
        String position = call.header(POSITION_HEADER).orElse(null);
        if (position != null) {
            cell.awaitPosition(position(position));
        }
        return call.route().handler().handle(call);
    }

    private static long position(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw ApiError.badRequest(POSITION_HEADER + " must be a number");
        }
    }

    private void delay(Call call) throws InterruptedException {
        TenantId tenant = call.limitedTenant();
        long nanos = tenant == null ? 0 : rateLimit.take(tenant, System.nanoTime());
        if (nanos > 0) {
            metrics.delayed(nanos);
            LOG.atInfo().addKeyValue("tenant", tenant).log("tenant {} is rate limited", tenant);
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    }

    private static Answer failed(Call call, Exception failure) {
        return Answer.of(Failures.known(failure).orElseGet(() -> {
            LOG.atError()
                    .addKeyValue("request_id", call.requestId())
                    .setCause(failure)
                    .log("request failed: {} {}", call.method(), call.rawPath());
            return ApiError.internal(failure.toString());
        }));
    }
}
