package dev.berth.gateway.http;

import dev.berth.gateway.error.ApiError;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.micronaut.http.server.annotation.PreMatching;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where all requests come in. It stands before the framework's own matching, whose rules differ from those of the API: there, a
 * wrong method is a plain 404, content types are ignored and paths are decoded before they are matched.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class Front {
    static final String REQUEST_ID = "x-request-id";

    private final Router router;
    private final Dispatcher dispatcher;
    private final Positions positions;

    Front(FrontParts parts) {
        this.router = parts.router();
        this.dispatcher = parts.dispatcher();
        this.positions = parts.positions();
    }

    /** What the filter needs, made outside of the container. */
    record FrontParts(Router router, Dispatcher dispatcher, Positions positions) {}

    /** Names the position the process has folded; negative before there is one. */
    interface Positions {
        long folded();
    }

    @RequestFilter
    @PreMatching
    CompletionStage<HttpResponse<?>> serve(HttpRequest<?> request) {
        String target = target(request);
        int mark = target.indexOf('?');
        String rawPath = mark < 0 ? target : target.substring(0, mark);
        String requestId = requestId(request);
        HttpMethod method = method(request.getMethodName());
        if (method == null) {
            boolean options = request.getMethodName().equals("OPTIONS");
            return done(options ? Answer.NO_CONTENT : Answer.NOT_FOUND, requestId);
        }
        String path = decoded(rawPath);
        Router.Match match = path == null ? null : router.match(method, path);
        if (match == null) {
            return done(Answer.NOT_FOUND, requestId);
        }
        Call call = new Call(
                method,
                rawPath,
                mark < 0 ? "" : target.substring(mark + 1),
                match,
                name -> request.getHeaders().get(name),
                requestId);
        Answer quick = dispatcher.quickly(call);
        if (quick != null) {
            return done(quick, requestId);
        }
        return method == HttpMethod.GET ? dispatched(call) : withBody((ServerHttpRequest<?>) request, call);
    }

    /** The caller's, else a new one. */
    static String requestId(HttpRequest<?> request) {
        String given = request.getHeaders().get(REQUEST_ID);
        return given == null || given.isEmpty() ? RequestIds.next() : given;
    }

    private CompletionStage<HttpResponse<?>> dispatched(Call call) {
        CompletableFuture<HttpResponse<?>> response = new CompletableFuture<>();
        dispatcher.dispatch(call, answer -> response.complete(response(answer, call.requestId())));
        return response;
    }

    private CompletionStage<HttpResponse<?>> withBody(ServerHttpRequest<?> request, Call call) {
        return request.byteBody()
                .buffer()
                .handle((body, error) -> {
                    if (error == null) {
                        call.body(body.toByteArray());
                        return null;
                    }
                    boolean tooLarge = error instanceof ContentLengthExceededException
                            || error.getCause() instanceof ContentLengthExceededException;
                    return tooLarge
                            ? ApiError.tooLarge(
                                    "request body is larger than " + dev.berth.gateway.Limits.BODY_BYTES_MAX + " bytes")
                            : ApiError.badRequest("cannot read the request body: " + error.getMessage());
                })
                .thenCompose(
                        refused -> refused == null ? dispatched(call) : done(Answer.of(refused), call.requestId()));
    }

    private CompletionStage<HttpResponse<?>> done(Answer answer, String requestId) {
        return CompletableFuture.completedFuture(response(answer, requestId));
    }

    private HttpResponse<?> response(Answer answer, String requestId) {
        MutableHttpResponse<Object> response = HttpResponse.status(answer.status(), reason(answer.status()));
        for (Map.Entry<String, String> header : answer.headers()) {
            response.getHeaders().add(header.getKey(), header.getValue());
        }
        String contentType = answer.contentType();
        if (contentType != null) {
            response.getHeaders().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        response.getHeaders().set(REQUEST_ID, requestId);
        long position = positions.folded();
        if (position >= 0) {
            response.getHeaders().set(Dispatcher.POSITION_HEADER, Long.toString(position));
        }
        return answer.status() == Answer.NO_CONTENT.status() ? response : response.body(answer.body());
    }

    private static String reason(int status) {
        return io.netty.handler.codec.http.HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    private static String target(HttpRequest<?> request) {
        return request instanceof io.micronaut.http.server.netty.NettyHttpRequest<?> netty
                ? netty.getNativeRequest().uri()
                : request.getUri().toString();
    }

    private static @Nullable HttpMethod method(String name) {
        return switch (name) {
            case "GET" -> HttpMethod.GET;
            case "POST" -> HttpMethod.POST;
            case "PUT" -> HttpMethod.PUT;
            case "DELETE" -> HttpMethod.DELETE;
            case "PATCH" -> HttpMethod.PATCH;
            default -> null;
        };
    }

    /** The path as it is matched; null when it cannot be decoded, which no route matches. */
    private static @Nullable String decoded(String rawPath) {
        if (rawPath.indexOf('%') < 0) {
            return rawPath;
        }
        try {
            return URLDecoder.decode(rawPath.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
