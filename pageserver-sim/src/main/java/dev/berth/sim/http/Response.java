package dev.berth.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.nio.charset.StandardCharsets;

/** What a handler wants on the wire. */
public sealed interface Response {
    /** An ordinary answer. */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, String contentType, byte[] body) implements Response {}

    /** No answer: the connection is closed. */
    record Dropped() implements Response {}

    static Response json(int status, JsonNode body) {
        return new Answer(status, "application/json", Json.bytes(body));
    }

    static Response ok(JsonNode body) {
        return json(200, body);
    }

    /** The four characters that stand for "nothing to say". */
    static Response unit(int status) {
        return json(status, NullNode.getInstance());
    }

    static Response text(int status, String text) {
        return new Answer(status, "text/plain; version=0.0.4", text.getBytes(StandardCharsets.UTF_8));
    }

    static Response dropped() {
        return new Dropped();
    }
}
