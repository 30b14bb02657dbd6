package dev.berth.sim.http;

import java.io.Serial;

/** An answer that is an error: a status and the text of {@code msg}. */
public final class ApiError extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    private ApiError(int status, String msg) {
        super(msg, null, false, false);
        this.status = status;
    }

    /** Any status with its text as it is. */
    public static ApiError of(int status, String msg) {
        return new ApiError(status, msg);
    }

    /** 400; the text is quoted once more, as pageservers do. */
    public static ApiError badRequest(String text) {
        return new ApiError(400, '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    }

    public static ApiError badJson(String text) {
        return badRequest("Failed to parse json request: " + text);
    }

    public static ApiError notFound(String text) {
        return new ApiError(404, "NotFound: " + text);
    }

    public static ApiError conflict(String text) {
        return new ApiError(409, "Conflict: " + text);
    }

    public static ApiError preconditionFailed(String text) {
        return new ApiError(412, "Precondition failed: " + text);
    }

    public static ApiError internal(String text) {
        return new ApiError(500, text);
    }

    public static ApiError unavailable(String text) {
        return new ApiError(503, text);
    }

    public int status() {
        return status;
    }

    public Response toResponse() {
        return Response.json(status, Json.object().put("msg", getMessage()));
    }
}
