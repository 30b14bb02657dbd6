package dev.berth.sim.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the handler of a method and path. Patterns are paths with {@code {name}} segments; {@code **} takes the rest. */
public final class Router implements Handler {
    /** A handler that is given the named segments. */
    @FunctionalInterface
    public interface Route {
        Response handle(Request request, Map<String, String> path) throws InterruptedException;
    }

    private record Entry(List<String> pattern, Route route) {}

    private final Map<String, List<Entry>> entries = new HashMap<>();

    public Router add(String method, String pattern, Route route) {
        List<String> segments = List.of(pattern.substring(1).split("/", -1));
        entries.computeIfAbsent(method, m -> new ArrayList<>()).add(new Entry(segments, route));
        return this;
    }

    @Override
    public Response handle(Request request) throws InterruptedException {
        for (Entry entry : entries.getOrDefault(request.method(), List.of())) {
            Map<String, String> path = match(entry.pattern(), request.segments());
            if (path != null) {
                return entry.route().handle(request, path);
            }
        }
        return ApiError.of(404, "page not found").toResponse();
    }

    private static @Nullable Map<String, String> match(List<String> pattern, List<String> segments) {
        boolean open = pattern.getLast().equals("**");
        int fixed = open ? pattern.size() - 1 : pattern.size();
        if (open ? segments.size() < fixed : segments.size() != fixed) {
            return null;
        }
        Map<String, String> path = new HashMap<>();
        for (int i = 0; i < fixed; i++) {
            String expected = pattern.get(i);
            if (expected.startsWith("{")) {
                path.put(expected.substring(1, expected.length() - 1), segments.get(i));
            } else if (!expected.equals(segments.get(i))) {
                return null;
            }
        }
        return path;
    }
}
