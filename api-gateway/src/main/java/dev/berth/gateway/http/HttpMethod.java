package dev.berth.gateway.http;

import java.util.Locale;

/** The methods that routes know. */
public enum HttpMethod {
    GET,
    POST,
    PUT,
    DELETE,
    PATCH;

    /** As metrics name it. */
    String label() {
        return this == PATCH ? "other" : name().toLowerCase(Locale.ROOT);
    }
}
