package dev.berth.gateway.http;

import dev.berth.gateway.error.ApiError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the endpoint table.
 *
 * @param pattern segments, of which {@code {name}} takes one and a last {@code *} everything, also slashes
 * @param metric name of the endpoint in metrics; null when it is not counted
 * @param gated waits until the cell has been read
 * @param limited takes from its tenant's request allowance
 * @param handler answers on a thread that may block
 * @param quick answers at once from memory or says null, never blocking; null when there is no such way
 */
public record Route(
        HttpMethod method,
        String pattern,
        @Nullable String metric,
        boolean gated,
        boolean limited,
        Handler handler,
        @Nullable Quick quick) {
    /** Answers a request; may block. Errors are {@link ApiError}s or what {@link Failures} knows. */
    @FunctionalInterface
    public interface Handler {
        Answer handle(Call call) throws Exception;
    }

    /** Answers a request if that can be done at once. */
    @FunctionalInterface
    public interface Quick {
        @Nullable
        Answer handle(Call call);
    }

    public static Route of(HttpMethod method, String pattern, @Nullable String metric, Handler handler) {
        return new Route(method, pattern, metric, false, false, handler, null);
    }

    public static Route get(String pattern, String metric, Handler handler) {
        return of(HttpMethod.GET, pattern, metric, handler);
    }

    public static Route post(String pattern, String metric, Handler handler) {
        return of(HttpMethod.POST, pattern, metric, handler);
    }

    public static Route put(String pattern, String metric, Handler handler) {
        return of(HttpMethod.PUT, pattern, metric, handler);
    }

    public static Route patch(String pattern, String metric, Handler handler) {
        return of(HttpMethod.PATCH, pattern, metric, handler);
    }

    public static Route delete(String pattern, String metric, Handler handler) {
        return of(HttpMethod.DELETE, pattern, metric, handler);
    }

    public Route gate() {
        return new Route(method, pattern, metric, true, limited, handler, quick);
    }

    public Route limit() {
        return new Route(method, pattern, metric, gated, true, handler, quick);
    }

    public Route quickly(Quick way) {
        return new Route(method, pattern, metric, gated, limited, handler, way);
    }

    List<String> segments() {
        List<String> segments = new ArrayList<>();
        for (int from = 1; from <= pattern.length(); ) {
            int end = pattern.indexOf('/', from);
            end = end < 0 ? pattern.length() : end;
            segments.add(pattern.substring(from, end));
            from = end + 1;
        }
        return segments;
    }
}
