package dev.berth.workflows.port;

import dev.berth.schemas.task.WorkBatch.Endpoint;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The management API of pageservers. */
public interface PageserverCalls {
    /** An answer, whatever its status; {@code message} is fit for a person. */
    record Answer(int status, byte[] body, String message) {
        public boolean ok() {
            return status / 100 == 2;
        }
    }

    /** Sends one request. @throws IOException when there is no answer within the bound: it may still take effect until then */
    Answer call(Endpoint node, String method, String path, byte @Nullable [] body, Duration bound)
            throws IOException, InterruptedException;
}
