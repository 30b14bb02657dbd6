package dev.berth.gateway.relay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.error.ApiError;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.config.MalformedJson;
import dev.berth.schemas.model.NodeRegistration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pageserver answered, whatever it was. */
public record RelayedAnswer(NodeRegistration node, int status, Map<String, List<String>> headers, byte[] body) {
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** The text of an error; null when the body is not of the error form. */
    public @Nullable String message() {
        try {
            JsonNode message = body.length == 0 ? null : Json.parse(body).get("msg");
            return message == null ? null : message.textValue();
        } catch (MalformedJson e) {
            return null;
        }
    }

    /** What a failure means to the caller of the controller: the relay mapping of http-api 1.5. */
    public ApiError error() {
        String message = message();
        if (message == null) {
            return ApiError.unavailable(node.display() + " answered " + status + " without a message");
        }
        return switch (status) {
            case 404 -> ApiError.notFound(node.display() + ": " + message);
            case 503 -> ApiError.unavailable(node.display() + ": " + message);
            case 401, 403 -> ApiError.internal(node.display() + " refuses the controller: " + message);
            default -> ApiError.conflict(node.display() + " " + statusText() + ": " + statusText() + " " + message);
        };
    }

    private String statusText() {
        return io.netty.handler.codec.http.HttpResponseStatus.valueOf(status).toString();
    }
}
