package dev.berth.gateway.http;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a method and a decoded path. One trailing slash is ignored; a literal segment wins over a parameter and that over
 * a wildcard, per method.
 */
final class Router {
    /** A route with what its parameters took. */
    record Match(Route route, List<String> names, String[] values) {
        String parameter(String name) {
            int index = names.indexOf(name);
            if (index < 0) {
                throw new IllegalStateException(route.pattern() + " has no parameter " + name);
            }
            return values[index];
        }
    }

    private record Leaf(Route route, List<String> names) {}

    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();

        @Nullable
        Node parameter;

        final Map<HttpMethod, Leaf> leaves = new EnumMap<>(HttpMethod.class);
        final Map<HttpMethod, Leaf> wildcards = new EnumMap<>(HttpMethod.class);
    }

    private final Node root = new Node();
    private int depthMax;

    Router(List<Route> routes) {
        routes.forEach(this::add);
    }

    private void add(Route route) {
        Node node = root;
        List<String> names = new ArrayList<>();
        for (String segment : route.segments()) {
            if (segment.equals("*")) {
                put(node.wildcards, route, names);
                return;
            }
            if (segment.startsWith("{")) {
                names.add(segment.substring(1, segment.length() - 1));
                if (node.parameter == null) {
                    node.parameter = new Node();
                }
                node = node.parameter;
            } else {
                node = node.literals.computeIfAbsent(segment, name -> new Node());
            }
        }
        put(node.leaves, route, names);
    }

    private void put(Map<HttpMethod, Leaf> leaves, Route route, List<String> names) {
        if (leaves.putIfAbsent(route.method(), new Leaf(route, List.copyOf(names))) != null) {
            throw new IllegalArgumentException("two routes for " + route.method() + " " + route.pattern());
        }
        depthMax = Math.max(depthMax, names.size());
    }

    @Nullable
    Match match(HttpMethod method, String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return null;
        }
        int end = path.length() > 1 && path.endsWith("/") ? path.length() - 1 : path.length();
        String[] values = new String[depthMax];
        Leaf leaf = find(root, method, path, 1, end, values, 0);
        return leaf == null ? null : new Match(leaf.route, leaf.names, values);
    }

    private static @Nullable Leaf find(
            Node node, HttpMethod method, String path, int from, int end, String[] values, int depth) {
        if (from > end) {
            return node.leaves.get(method);
        }
        int slash = path.indexOf('/', from);
        int to = slash < 0 || slash > end ? end : slash;
        String segment = path.substring(from, to);
        Node literal = node.literals.get(segment);
        if (literal != null) {
            Leaf leaf = find(literal, method, path, to + 1, end, values, depth);
            if (leaf != null) {
                return leaf;
            }
        }
        if (node.parameter != null && !segment.isEmpty()) {
            values[depth] = segment;
            Leaf leaf = find(node.parameter, method, path, to + 1, end, values, depth + 1);
            if (leaf != null) {
                return leaf;
            }
        }
        return node.wildcards.get(method);
    }
}
