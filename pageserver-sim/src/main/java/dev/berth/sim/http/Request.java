package dev.berth.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request, read whole. */
public final class Request {
    private final String method;
    private final List<String> segments;
    private final String uri;
    private final Map<String, String> query;
    private final byte[] body;

    public Request(String method, String rawPath, @Nullable String rawQuery, byte[] body) {
        this.method = method;
        this.uri = rawQuery == null ? rawPath : rawPath + "?" + rawQuery;
        this.segments = split(rawPath);
        this.query = parameters(rawQuery);
        this.body = body;
    }

    private static List<String> split(String rawPath) {
        String path =
                rawPath.endsWith("/") && rawPath.length() > 1 ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
        return List.of(
                URLDecoder.decode(path.substring(1), StandardCharsets.UTF_8).split("/", -1));
    }

    private static Map<String, String> parameters(@Nullable String rawQuery) {
        Map<String, String> query = new HashMap<>();
        if (rawQuery != null) {
            for (String pair : rawQuery.split("&", -1)) {
                String[] sides = pair.split("=", 2);
                query.put(decode(sides[0]), sides.length > 1 ? decode(sides[1]) : "");
            }
        }
        return query;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The same request to another path. */
    public Request at(String rawPath) {
        int question = uri.indexOf('?');
        return new Request(method, rawPath, question < 0 ? null : uri.substring(question + 1), body);
    }

    public String method() {
        return method;
    }

    /** Path segments, decoded. */
    public List<String> segments() {
        return segments;
    }

    /** Path and query as sent. */
    public String uri() {
        return uri;
    }

    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** A whole number in the query; anything else there is a bad request. */
    public Optional<Long> number(String name) {
        return query(name).map(text -> {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw ApiError.badRequest("cannot parse query param " + name + ": invalid digit found in string");
            }
        });
    }

    public Optional<Boolean> flag(String name) {
        return query(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw ApiError.badRequest(
                        "cannot parse query param " + name + ": provided string was not `true` or `false`");
        });
    }

    public boolean hasBody() {
        return body.length > 0;
    }

    /** The body as JSON; missing or broken ones are bad requests. */
    public JsonNode json() {
        if (body.length == 0) {
            throw ApiError.badRequest("missing request body");
        }
        try {
            return Json.parse(body);
        } catch (UncheckedIOException e) {
            throw ApiError.badJson("expected value at line 1 column 1");
        }
    }
}
