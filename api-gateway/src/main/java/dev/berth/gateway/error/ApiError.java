package dev.berth.gateway.error;

import java.util.Locale;

/** A request that ends in an error: a status and the text of its body {@code {"msg": ...}}. Which text goes with which kind: http-api 1.5. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String text;

    public ApiError(int status, String text) {
        super(status + " " + text, null, false, false);
        this.status = status;
        this.text = text;
    }

    /** The text goes out in a pair of double quotes of its own. */
    public static ApiError badRequest(String text) {
        return new ApiError(400, quoted(text));
    }

    public static ApiError notFound(String text) {
        return new ApiError(404, "NotFound: " + text);
    }

    public static ApiError timeout(String text) {
        return new ApiError(408, text);
    }

    public static ApiError conflict(String text) {
        return new ApiError(409, "Conflict: " + text);
    }

    public static ApiError preconditionFailed(String text) {
        return new ApiError(412, "Precondition failed: " + text);
    }

    public static ApiError tooLarge(String text) {
        return new ApiError(413, text);
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

    public String text() {
        return text;
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format(Locale.ROOT, "\\u{%x}", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
