package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why computes could not be told, as last reported: the notifier reports the first try that fails and then ever more seldom.
 *
 * @param attempts tries in a row that have failed
 * @param sinceMs state time of the first report; 0 where an older build did not note it
 * @param toldAtMs state time of the last report
 * @param pauseMs from then until the next try
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NotifyFailure(String text, int attempts, long sinceMs, long toldAtMs, long pauseMs) {
    @JsonCreator
    static NotifyFailure of(
            @JsonProperty("text") String text,
            @JsonProperty("attempts") int attempts,
            @JsonProperty("sinceMs") long sinceMs,
            @JsonProperty("toldAtMs") long toldAtMs,
            @JsonProperty("pauseMs") long pauseMs) {
        return new NotifyFailure(text, attempts, sinceMs, toldAtMs, pauseMs);
    }

    /** As an older build kept it: the text alone. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static NotifyFailure of(String text) {
        return new NotifyFailure(text, 0, 0, 0, 0);
    }

    /** State time of the next try, if that was still ahead at {@code nowMs}; 0 otherwise. */
    public long nextTryAtMs(long nowMs) {
        long next = toldAtMs + pauseMs;
        return pauseMs != 0 && next > nowMs ? next : 0;
    }
}
