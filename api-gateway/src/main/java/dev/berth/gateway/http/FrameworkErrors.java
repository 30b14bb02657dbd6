package dev.berth.gateway.http;

import dev.berth.gateway.error.ApiError;
import io.micronaut.context.annotation.Primary;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.netty.handler.codec.http.HttpHeaderNames;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/** Gives requests that the framework refuses before {@link Front} sees them the API's one form of error. */
@Singleton
@Primary
final class FrameworkErrors implements ErrorResponseProcessor<Object> {
    @Override
    public MutableHttpResponse<Object> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        String text = context.getErrors().stream().map(Error::getMessage).collect(Collectors.joining(": "));
        HttpStatus status = response.status();
        ApiError error = status == HttpStatus.BAD_REQUEST
                ? ApiError.badRequest(text)
                : new ApiError(status.getCode(), text.isEmpty() ? status.getReason() : text);
        response.getHeaders().set(HttpHeaderNames.CONTENT_TYPE, Answer.JSON);
        response.getHeaders().set(Front.REQUEST_ID, Front.requestId(context.getRequest()));
        return response.body(Answer.of(error).body());
    }
}
