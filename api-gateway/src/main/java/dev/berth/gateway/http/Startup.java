package dev.berth.gateway.http;

import dev.berth.gateway.Limits;
import dev.berth.gateway.error.ApiError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether the gateway serves its cell yet: the cell's gate is passed and the view has caught up once. */
public final class Startup {
    private final CompletableFuture<?> opened;

    public Startup(CompletableFuture<?> opened) {
        this.opened = opened;
    }

    public boolean isOpen() {
        return opened.isDone() && !opened.isCompletedExceptionally();
    }

    /** Waits as endpoints behind the gate do. */
    void await() {
        if (isOpen()) {
            return;
        }
        try {
            opened.get(Limits.STARTUP_GATE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw ApiError.timeout("Timed out waiting for service readiness");
        } catch (ExecutionException e) {
            throw ApiError.unavailable("the cell cannot be served: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.unavailable("Shutting down");
        }
    }
}
