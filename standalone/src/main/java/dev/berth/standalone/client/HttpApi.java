package dev.berth.standalone.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;

/** Calls one HTTP server with JSON. Any number of threads may use it at once. */
public final class HttpApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    private final String base;
    private final Duration timeout;

    private HttpApi(String base, Duration timeout) {
        this.base = base;
        this.timeout = timeout;
    }

    public static HttpApi at(String base) {
        return new HttpApi(base, TIMEOUT);
    }

    public HttpApi within(Duration bound) {
        return new HttpApi(base, bound);
    }

    public String base() {
        return base;
    }

    public JsonNode get(String path) throws CallFailure {
        return call("GET", path, "");
    }

    public JsonNode post(String path, String body) throws CallFailure {
        return call("POST", path, body);
    }

    public JsonNode put(String path, String body) throws CallFailure {
        return call("PUT", path, body);
    }

    /** The body of a 2xx answer. */
    public JsonNode call(String method, String path, String body) throws CallFailure {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new CallFailure(
                        response.statusCode(),
                        method + " " + path + ": " + response.statusCode() + " " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new CallFailure(CallFailure.NO_ANSWER, method + " " + path + ": not JSON: " + e.getMessage());
        } catch (IOException e) {
            throw new CallFailure(CallFailure.NO_ANSWER, method + " " + path + ": no answer (" + e + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailure(CallFailure.NO_ANSWER, method + " " + path + ": interrupted");
        }
    }
}
