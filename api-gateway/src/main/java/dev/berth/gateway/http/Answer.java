package dev.berth.gateway.http;

import dev.berth.gateway.error.ApiError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is sent back. The body is not copied and must not be changed afterwards.
 *
 * @param contentType null for an answer without one
 * @param headers further headers, names as they are to be written
 */
public record Answer(int status, @Nullable String contentType, byte[] body, List<Map.Entry<String, String>> headers) {
    public static final String JSON = "application/json";

    static final Answer NOT_FOUND =
            new Answer(404, "text/plain", "Not Found".getBytes(StandardCharsets.US_ASCII), List.of());
    static final Answer NO_CONTENT = new Answer(204, null, new byte[0], List.of());

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /** The success of whatever has nothing to say. */
    public static final Answer OK_NULL = ofNull(200);

    /** A status with the JSON literal null. */
    public static Answer ofNull(int status) {
        return new Answer(status, JSON, NULL, List.of());
    }

    public static Answer json(JsonOut body) {
        return json(200, body);
    }

    public static Answer json(int status, JsonOut body) {
        return new Answer(status, JSON, body.toBytes(), List.of());
    }

    /** {@code {"msg": ...}}. */
    static Answer of(ApiError error) {
        String text = error.text();
        return json(
                error.status(),
                new JsonOut(text.length() + 16).raw("{\"msg\":").text(text).raw("}"));
    }

    public static Answer text(String contentType, String body) {
        return new Answer(200, contentType, body.getBytes(StandardCharsets.UTF_8), List.of());
    }
}
