package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonIn;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why somebody steers an operation; the body may be left out. */
record SteeringBody(@Nullable String reason) {
    static SteeringBody read(Call call) {
        if (call.body().length == 0) {
            return new SteeringBody(null);
        }
        JsonIn body = call.json();
        if (body.isNull()) {
            return new SteeringBody(null);
        }
        JsonIn reason = body.only(Set.of("reason")).optional("reason");
        if (reason == null || reason.string().isBlank()) {
            return new SteeringBody(null);
        }
        if (reason.string().length() > Limits.STEERING_REASON_MAX) {
            throw reason.error("longer than " + Limits.STEERING_REASON_MAX + " characters");
        }
        return new SteeringBody(reason.string());
    }
}
