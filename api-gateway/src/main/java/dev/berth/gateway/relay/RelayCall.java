package dev.berth.gateway.relay;

import dev.berth.schemas.model.NodeRegistration;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request to a pageserver.
 *
 * @param metric what it is called in metrics
 * @param target path and query as they are sent
 * @param body JSON; null for none
 */
public record RelayCall(
        Kind kind,
        NodeRegistration node,
        String metric,
        String method,
        String target,
        byte @Nullable [] body,
        Duration timeout) {
    /** A call of the controller's own, or a caller's passed through. */
    public enum Kind {
        MANAGEMENT("storage_controller_pageserver_request"),
        PASSTHROUGH("storage_controller_passthrough_request");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        String prefix() {
            return prefix;
        }
    }

    public static RelayCall management(
            NodeRegistration node,
            String metric,
            String method,
            String target,
            byte @Nullable [] body,
            Duration timeout) {
        return new RelayCall(Kind.MANAGEMENT, node, metric, method, target, body, timeout);
    }

    String methodLabel() {
        return method.toLowerCase(Locale.ROOT);
    }
}
